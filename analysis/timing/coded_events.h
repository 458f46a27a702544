// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_source.h>
#include <analysis/timing/code_decoder.h>
#include <analysis/timing/line_levels.h>
#include <analysis/timing/timeline.h>

#include <cstdint>
#include <map>
#include <vector>

namespace joulemark {

// The coded part of a timeline: its decoder, and names for what it finds. Codes without a name are called
// code1, code2 ...
class CodedEvents {
 public:
  // unobserved: as the levels were looked for.
  CodedEvents(const CodedMarkers& coded, const LineLevels& levels, const std::vector<TimeRange>& unobserved);
  CodedEvents(const CodedEvents&) = delete;
  CodedEvents& operator=(const CodedEvents&) = delete;

  void push(const Edge& edge);
  // Adds names, events, doubts and Anomalies. Errors: usage when a name is taken.
  [[nodiscard]] Status finish(TimeNs end_ns, Timeline& timeline);

 private:
  [[nodiscard]] std::string name_of(std::uint32_t code) const;
  [[nodiscard]] Result<std::map<std::uint32_t, std::uint32_t>> add_names(Timeline& timeline) const;
  void report_glitches(Timeline& timeline) const;

  CodedMarkers coded_;
  CodeDecoder decoder_;
  std::map<std::uint32_t, std::int64_t> edges_;  // by line
};

}  // namespace joulemark
