// SPDX-License-Identifier: Apache-2.0
// From a capture to its Report.
#pragma once

#include <analysis/model/report.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>
#include <analysis/timing/event_rule.h>
#include <analysis/timing/timeline.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark {

struct ReportOptions {
  std::vector<std::string> events;     // rules, see parse_event_rule; none: those the capture recommends
  std::optional<std::string> markers;  // coded lines, see parse_marker_code; none: those the capture
                                       // recommends, unless events are given
  std::optional<std::string> usual_markers;  // if the capture recommends none either
  std::vector<MarkerName> names;             // of codes; none: those in the capture
  std::vector<NamedWindow> windows;          // drawn by a person; none: those saved in the capture
  std::optional<std::string> useful;         // none: what the capture's metadata names
  std::optional<TimeNs> guard_ns;            // none: by rule, per name
  TimeNs hold_ns = k_default_hold_ns;
  bool complete = false;  // these are all: where there are none, none are taken from the capture
  bool goes_on = false;   // the recording does: an event that is not recorded with all its guard can wait
};

struct Analysis {
  Report report;               // without tool, file and sha256, which the caller knows
  std::vector<EventRow> rows;  // one per event, by begin; EventRow::name indexes report.events
};

// Linear in samples and n log n in events; memory is linear in events, whatever the number of samples.
// Errors: usage for a rule, window or useful event that makes no sense; inadequate when there is nothing to
// measure by; unreadable and io from the source.
[[nodiscard]] Result<Analysis> build_report(SampleSource& source, const ReportOptions& options);

}  // namespace joulemark
