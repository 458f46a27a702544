// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/edge.h>
#include <analysis/timing/code_decoder.h>
#include <analysis/timing/marker_code.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark {

// Counts the events of coded lines that are over, while they are recorded. A report counts the same, but for
// the first where a line was high at the start and nobody said so, and for edges that were lost.
class CodeCounter {
 public:
  explicit CodeCounter(MarkerCode code);

  // Before the first edge.
  void state_level(LineId line, bool high);
  // Edges of different lines may be out of order by some microseconds.
  void add(const Edge& edge);
  // Whether so many are over by then, a time up to which all has been recorded.
  [[nodiscard]] bool reached(std::int64_t events, TimeNs now_ns);

 private:
  CodeDecoder& decoder();
  void release(TimeNs until_ns);

  MarkerCode code_;
  std::uint32_t levels_ = 0;            // at the start
  std::optional<CodeDecoder> decoder_;  // from the first edge on
  std::vector<Edge> waiting_;           // by time
  TimeNs last_ns_ = 0;                  // of the latest edge
  bool checked_ = true;                 // since then
};

}  // namespace joulemark
