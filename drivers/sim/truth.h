// SPDX-License-Identifier: Apache-2.0
// The exact energies of a simulated recording: integrals of the closed form, before noise and steps.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <drivers/sim/kws_target.h>
#include <drivers/sim/settings.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark::sim {

struct TrueEvent {
  Activity activity = Activity::sleep;
  TimeRange time;
  double energy_j = 0;       // on the supply side, over [begin, end): what an instrument can see
  double energy_load_j = 0;  // on the load side of the decoupling
};

struct Truth {
  TimeRange span;
  double energy_j = 0;            // over the span, lost samples included
  std::vector<TrueEvent> events;  // those that end within the span
  double idle_time_s = 0;         // sleep: outside every event, with what the decoupling smears into it
  double idle_energy_j = 0;
  std::optional<TimeRange> lost;  // the gap, and the part of energy_j that lies in it
  double lost_energy_j = 0;
};

// A function of the settings alone: runs through the whole timeline again.
[[nodiscard]] Truth truth_over(const Settings& settings, TimeRange span, std::optional<TimeRange> lost);

// Keys as in the Report: SI units in names. Ends with a newline.
[[nodiscard]] std::string to_json(const Truth& truth, const Settings& settings);

}  // namespace joulemark::sim
