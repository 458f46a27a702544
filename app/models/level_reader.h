// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/edge.h>
#include <analysis/model/sample_source.h>

#include <map>
#include <optional>
#include <vector>

namespace joulemark {

// What the lines are at, a part of a range after the other.
class LevelReader {
 public:
  // first_ns: nothing lies before. The source outlives it.
  [[nodiscard]] static Result<LevelReader> of(SampleSource& source, TimeRange range, TimeNs first_ns);

  // The edges up to end_ns, which is not before that of the last call; edges that were passed are let go.
  [[nodiscard]] Status load_until(TimeNs end_ns);
  void go_to(TimeNs time_ns);  // forward, and only as far as is loaded
  [[nodiscard]] std::optional<bool> at(LineId line) const;
  [[nodiscard]] std::size_t held() const { return edges_.size(); }
  [[nodiscard]] const std::vector<Line>& lines() const { return source_->info().lines; }

 private:
  LevelReader(SampleSource& source, TimeRange range) : source_(&source), rest_(range) {}
  [[nodiscard]] Status look_back(TimeNs first_ns);
  [[nodiscard]] Status look_ahead();

  SampleSource* source_;
  TimeRange rest_;  // not loaded yet
  std::vector<Edge> edges_;
  std::size_t next_ = 0;
  std::map<LineId, bool> levels_;
};

}  // namespace joulemark
