// SPDX-License-Identifier: Apache-2.0
// Edges -> events: what happened on the target, and when.
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/marker.h>
#include <analysis/model/report.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>
#include <analysis/timing/event_rule.h>
#include <analysis/timing/marker_code.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark {

struct EventName {
  std::string name;
  std::int64_t repeat = 1;
  bool drawn = false;  // its windows are a person's

  bool operator==(const EventName&) const = default;
};

// A stretch in which an event may have been under way, though no window of it is known: open at the start or
// the end of the capture, or spoiled by a lost or doubled edge. May reach beyond the capture.
struct Doubt {
  TimeRange time;
  std::uint32_t name = 0;

  bool operator==(const Doubt&) const = default;
};

// Events by begin, of equal ones the longer first: an event comes after all that contain it.
struct Timeline {
  std::vector<EventName> names;  // rules first, in their order, then windows, then codes by number
  std::vector<Event> events;
  std::vector<Doubt> doubts;  // in no order; may overlap events and each other
  MarkersReport markers;
  std::vector<Anomaly> anomalies;
};

inline constexpr TimeNs k_default_hold_ns = 50'000;

// Coded markers, and what their numbers are called.
struct CodedMarkers {
  MarkerCode code;
  std::vector<MarkerName> names;
};

// Streams the source's edges twice; windows are taken as they are. hold_ns >= 0: pulses shorter than that are
// ignored, and counted in markers and in an Anomaly of kind glitch per line; coded lines have their own
// settling time. An event that reaches over a stretch of lost edges is left out, and said so. Errors: usage
// when two rules, or a rule and a window, share a name (windows may share one); whatever the source reports.
[[nodiscard]] Result<Timeline> decode_events(SampleSource& source, std::span<const EventRule> rules,
                                             std::span<const NamedWindow> windows, TimeNs hold_ns,
                                             const std::optional<CodedMarkers>& coded = std::nullopt);

}  // namespace joulemark
