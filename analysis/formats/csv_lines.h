// SPDX-License-Identifier: Apache-2.0
// Digital levels in columns, one per sample, become edges where they change.
#pragma once

#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/csv_columns.h>
#include <analysis/model/sample_sink.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// One line. Levels: 0 or 1 (also low, high, false, true), X both within the sample, - not observed.
//
// The first level seen is the state the capture starts in: no edge, since nobody saw one (metadata
// "line.d3.initial" tells it). An edge is stamped with the sample that shows the new level, give or take half
// an interval; after a stretch without samples or levels it lies somewhere in that stretch: its middle, give
// or take half its length. X then the other level: the edge is at the X. X then the same level: a pulse
// shorter than a sample, counted.
class CsvLineTracker {
 public:
  explicit CsvLineTracker(LineId line) : line_(line) {}

  [[nodiscard]] Status take(std::string_view text, TimeNs time_ns, TimeNs interval_ns, SampleSink& sink);
  // Metadata and what went wrong; place is where the file ends. Errors: unreadable, when there were levels
  // and none of them is one.
  [[nodiscard]] Status finish(const std::string& place, SampleSink& sink);

 private:
  [[nodiscard]] Status change(bool level, TimeNs time_ns, TimeNs interval_ns, SampleSink& sink);

  LineId line_;
  std::optional<bool> initial_;
  bool level_ = false;
  TimeNs seen_ns_ = 0;             // when the level was last known
  std::optional<TimeNs> both_ns_;  // of an X since then
  AnomalyTally glitches_{AnomalyKind::glitch, Severity::doubtful};
  AnomalyTally unobserved_{AnomalyKind::lost_line, Severity::data_loss};
  AnomalyTally invalid_{AnomalyKind::invalid_value, Severity::data_loss};
};

}  // namespace joulemark
