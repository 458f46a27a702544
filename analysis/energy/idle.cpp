// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/idle.h>
#include <analysis/statistics/describe.h>
#include <analysis/statistics/student.h>

#include <algorithm>
#include <cmath>
#include <functional>
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

double rate(const WindowSum& sum, double WindowSum::*quantity) {
  return sum.*quantity / sum.covered_s;
}

// The mean draw of the first tenth of each stretch looked at, less that of the rest.
std::vector<double> falls_of(const std::vector<WindowSum>& early, const std::vector<WindowSum>& late,
                             double WindowSum::*quantity) {
  std::vector<double> falls;
  for (std::size_t i = 0; i < early.size(); ++i) {
    if (early[i].covered_s > 0 && late[i].covered_s > 0)
      falls.push_back(rate(early[i], quantity) - rate(late[i], quantity));
  }
  return falls;
}

bool beyond_chance(std::vector<double> values) {
  if (mean_above_zero(values)) return true;
  std::ranges::transform(values, values.begin(), std::negate());
  return mean_above_zero(values);
}

}  // namespace

std::optional<double> idle_unsettled(const Measurement& m) {
  const auto quantity = m.has_energy ? &WindowSum::energy_j : &WindowSum::charge_c;
  std::vector<WindowSum> early(m.idle_stretches);
  std::vector<WindowSum> late(m.idle_stretches);
  WindowSum all;
  WindowSum all_late;
  for (std::size_t i = 0; i < m.segments.size(); ++i) {
    const IdlePiece& piece = m.idle_pieces[i];
    if (m.partition.segments[i].label != k_idle_label || !piece.stretch) continue;
    (piece.early ? early : late)[*piece.stretch].add(m.segments[i]);
    all.add(m.segments[i]);
    if (!piece.early) all_late.add(m.segments[i]);
  }
  if (!beyond_chance(falls_of(early, late, quantity)) || rate(all, quantity) <= 0) return {};
  return 1 - rate(all_late, quantity) / rate(all, quantity);
}

IdleReport idle_of(const Measurement& m) {
  std::vector<WindowSum> batches(m.idle_batches);
  IdleReport idle;
  for (std::size_t i = 0; i < m.segments.size(); ++i) {
    if (m.partition.segments[i].label != k_idle_label) continue;
    batches[m.idle_pieces[i].batch].add(m.segments[i]);
    idle.time_s += m.segments[i].covered_s;
  }
  if (m.has_energy) idle.power_w = rate_of(batches, &WindowSum::energy_j, m.idle_noise.energy);
  if (m.has_charge) idle.current_a = rate_of(batches, &WindowSum::charge_c, m.idle_noise.charge);
  return idle;
}

}  // namespace joulemark
