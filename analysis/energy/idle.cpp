// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/idle.h>
#include <analysis/statistics/describe.h>
#include <analysis/statistics/student.h>

#include <algorithm>
#include <cmath>
#include <vector>

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

// Of one stretch of idle: its first tenth and the rest.
struct Stretch {
  WindowSum early;
  WindowSum late;
};

std::vector<Stretch> stretches_of(const Measurement& m) {
  std::vector<Stretch> stretches(m.idle_stretches);
  for (std::size_t i = 0; i < m.segments.size(); ++i) {
    if (m.partition.segments[i].label != k_idle_label) continue;
    Stretch& stretch = stretches[m.idle_pieces[i].stretch];
    WindowSum& into = m.idle_pieces[i].early ? stretch.early : stretch.late;
    into.energy_j += m.segments[i].energy_j;
    into.charge_c += m.segments[i].charge_c;
    into.covered_s += m.segments[i].covered_s;
  }
  return stretches;
}

std::vector<double> negated(std::vector<double> values) {
  for (double& value : values)
    value = -value;
  return values;
}

}  // namespace

std::optional<double> idle_unsettled(const Measurement& m) {
  const auto quantity = m.has_energy ? &WindowSum::energy_j : &WindowSum::charge_c;
  std::vector<double> falls;  // from the first tenth to the rest
  WindowSum all, late;
  for (const Stretch& stretch : stretches_of(m)) {
    if (stretch.early.covered_s <= 0 || stretch.late.covered_s <= 0) continue;
    const double early = stretch.early.*quantity / stretch.early.covered_s;
    falls.push_back(early - stretch.late.*quantity / stretch.late.covered_s);
    all.*quantity += stretch.early.*quantity + stretch.late.*quantity;
    all.covered_s += stretch.early.covered_s + stretch.late.covered_s;
    late.*quantity += stretch.late.*quantity;
    late.covered_s += stretch.late.covered_s;
  }
  if (!mean_above_zero(falls) && !mean_above_zero(negated(falls))) return {};
  if (!(all.*quantity > 0)) return {};
  return 1 - (late.*quantity / late.covered_s) / (all.*quantity / all.covered_s);
}

IdleReport idle_of(const Measurement& m) {
  std::vector<WindowSum> batches(m.idle_batches);
  IdleReport idle;
  for (std::size_t i = 0; i < m.segments.size(); ++i) {
    if (m.partition.segments[i].label != k_idle_label) continue;
    WindowSum& batch = batches[m.idle_pieces[i].batch];
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
