// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/event_energy.h>
#include <analysis/energy/measure.h>
#include <analysis/model/report.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark {

// How many equal blocks of time to cut the span into for the interval of the energy per useful event: enough
// events in each that the cuts between them do not matter, and at most 20.
[[nodiscard]] std::size_t blocks_for(std::int64_t useful_events);

// Energy of the observed span per useful event (name: index into the timeline's names; none: shares alone).
// Lost time leaves energy and count alike: an event counts when at least half of it was recorded.
[[nodiscard]] UsefulEventReport useful_event(const Measurement& measurement,
                                             std::optional<std::uint32_t> name);

// Who spent the energy of the observed span. Idle: as measured outside events and guards, and its mean power
// in the guards. Each name: its own instants (what is nested in it left out); by excess, where that is the
// method, with what the guards hold beyond idle, or that apart as "NAME outside_marker" where it is
// significant. unattributed: the rest of what was measured, stretches in doubt among it. Empty without a
// voltage.
[[nodiscard]] std::vector<Share> shares_of(const Measurement& measurement, const IdleReport& idle,
                                           const std::vector<EventRow>& rows,
                                           const std::vector<EventResult>& results);

}  // namespace joulemark
