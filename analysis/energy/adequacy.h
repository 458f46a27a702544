// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/model/report.h>

#include <span>

namespace joulemark {

// What the recording's time resolution leaves of a mean event energy, as a bound on the relative error:
// integral splits the sample at each edge pro rata, which errs by up to a quarter of an averaging interval (a
// sixth on average), half of what lies unobserved between averages, and half the edge resolution, each times
// the step in power; excess errs by the idle energy in the edge resolution and by what lies unobserved, less
// with many events whose phase to the sampling varies. Up to 1 % is good, up to 5 % fair.
// phases: of the events' begins in the sampling interval, in turns.
[[nodiscard]] Adequacy adequacy_of(const Sampling& sampling, const EventPlan& plan, const EventReport& event,
                                   const IdleReport& idle, std::span<const double> phases);

}  // namespace joulemark
