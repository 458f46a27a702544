// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/idle.h>
#include <analysis/statistics/describe.h>
#include <analysis/statistics/student.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

// The mean is over all idle time; what is left of a batch after losses only shapes the interval.
Stats rate_of(const std::vector<WindowSum>& batches, double WindowSum::*quantity,
              std::optional<double> noise_density) {
  double longest_s = 0;
  double total = 0;
  double covered_s = 0;
  for (const WindowSum& batch : batches) {
    longest_s = std::max(longest_s, batch.covered_s);
    total += batch.*quantity;
    covered_s += batch.covered_s;
  }
  if (covered_s <= 0) return {};
  std::vector<double> means;
  for (const WindowSum& batch : batches) {
    if (batch.covered_s > longest_s / 2) means.push_back(batch.*quantity / batch.covered_s);
  }
  Stats stats = describe(means);
  const double shift = total / covered_s - *stats.mean;
  stats.mean = total / covered_s;
  if (stats.ci95) stats.ci95 = Interval{stats.ci95->low + shift, stats.ci95->high + shift};
  if (noise_density) {
    const double half = k_normal95 * std::sqrt(*noise_density / covered_s);
    stats.measurement_ci95 = Interval{*stats.mean - half, *stats.mean + half};
  }
  return stats;
}

}  // namespace

IdleReport idle_of(const Measurement& m) {
  std::vector<WindowSum> batches(m.idle_batches);
  IdleReport idle;
  for (std::size_t i = 0; i < m.segments.size(); ++i) {
    if (m.partition.segments[i].label != k_idle_label) continue;
    WindowSum& batch = batches[m.batch[i]];
    batch.energy_j += m.segments[i].energy_j;
    batch.charge_c += m.segments[i].charge_c;
    batch.covered_s += m.segments[i].covered_s;
    idle.time_s += m.segments[i].covered_s;
  }
  if (m.has_energy) idle.power_w = rate_of(batches, &WindowSum::energy_j, m.idle_noise.energy);
  if (m.has_charge) idle.current_a = rate_of(batches, &WindowSum::charge_c, m.idle_noise.charge);
  return idle;
}

}  // namespace joulemark
