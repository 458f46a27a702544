// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>

#include <cstddef>
#include <memory>
#include <random>

namespace joulemark::bench {

// So many events of two names, evenly over the extent, with figures that differ; some lost samples, some
// without energy.
inline std::shared_ptr<const Analysis> many_events(std::size_t count, TimeNs extent_ns) {
  auto analysis = std::make_shared<Analysis>();
  analysis->report.events.resize(2);
  analysis->report.events[0].name = "inference";
  analysis->report.events[1].name = "radio";
  analysis->report.total.energy_j = 1;
  std::mt19937 random(11);
  std::uniform_real_distribution<double> part(0.1, 1);
  const TimeNs step_ns = extent_ns / static_cast<TimeNs>(count);
  analysis->rows.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    EventRow& row = analysis->rows[i];
    row.name = i % 3 == 0 ? 1 : 0;
    row.index = static_cast<std::int64_t>(i / 2);
    const TimeNs begin_ns = step_ns * static_cast<TimeNs>(i);
    row.time = {begin_ns, begin_ns + static_cast<TimeNs>(0.8 * part(random) * static_cast<double>(step_ns))};
    if (i % 100 == 0) {
      row.flags = k_flag_lost_samples;
      continue;
    }
    row.energy_j = 2e-3 * part(random);
    row.net_energy_j = 1.8e-3 * part(random);
    row.power_w = 30e-3 * part(random);
    row.peak_current_a = 20e-3 * part(random);
  }
  return analysis;
}

}  // namespace joulemark::bench
