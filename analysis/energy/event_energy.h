// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/model/report.h>

#include <vector>

namespace joulemark {

// One row per event, in the order of the timeline. Method integral: v*i over the window. Method excess: whole
// samples over the guarded window, less idle over what they cover, plus idle over the window: unbiased for
// any shape of pulse, since no sample is split at an edge. What a flag makes doubtful is left unknown.
[[nodiscard]] std::vector<EventRow> event_rows(const Measurement& measurement, const IdleReport& idle);

// Whether the rows' flags leave an event's energy standing.
[[nodiscard]] bool counts(std::uint8_t flags, Method method);

// On which side of the marker, inside the guard, the target draws more than idle beyond chance.
struct OutsideMarker {
  bool before = false;
  bool after = false;
};

struct EventResult {
  EventReport report;
  OutsideMarker outside;
  bool correlated = false;  // neighbours correlate or drift
};

// The distributions, by name.
[[nodiscard]] std::vector<EventResult> event_results(const Measurement& measurement, const IdleReport& idle,
                                                     const std::vector<EventRow>& rows);

}  // namespace joulemark
