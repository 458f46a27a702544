// SPDX-License-Identifier: Apache-2.0
#include <analysis/statistics/describe.h>
#include <analysis/statistics/student.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace joulemark {
namespace {

constexpr std::size_t k_enough_to_tell = 20;
constexpr std::size_t k_few_batches = 10;
constexpr std::size_t k_many_batches = 20;

double sum_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// Of a selection on values, which it reorders.
double quantile(std::vector<double>& values, double fraction) {
  const double position = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(position);
  const auto at = values.begin() + below;
  std::nth_element(values.begin(), at, values.end());
  const double weight = position - static_cast<double>(below);
  if (weight == 0) return *at;
  const double next = *std::min_element(at + 1, values.end());
  return *at + weight * (next - *at);
}

std::vector<double> batch_means(std::span<const double> values, std::size_t batches) {
  std::vector<double> means;
  means.reserve(batches);
  for (std::size_t i = 0; i < batches; ++i) {
    const std::size_t from = values.size() * i / batches;
    const std::size_t to = values.size() * (i + 1) / batches;
    means.push_back(sum_of(values.subspan(from, to - from)) / static_cast<double>(to - from));
  }
  return means;
}

Interval t_interval(std::span<const double> values, double mean) {
  const double n = static_cast<double>(values.size());
  const double half = student_t95(n - 1) * moments(values).stddev / std::sqrt(n);
  return {mean - half, mean + half};
}

}  // namespace

Moments moments(std::span<const double> values) {
  if (values.empty()) return {};
  const double n = static_cast<double>(values.size());
  Moments result;
  result.mean = sum_of(values) / n;
  double residue = 0;
  double squares = 0;
  for (const double value : values) {
    residue += value - result.mean;
    squares += (value - result.mean) * (value - result.mean);
  }
  result.mean += residue / n;
  if (values.size() > 1) result.stddev = std::sqrt(std::max(0.0, squares - residue * residue / n) / (n - 1));
  return result;
}

bool correlate_or_drift(std::span<const double> values) {
  if (values.size() < k_enough_to_tell) return false;
  const double n = static_cast<double>(values.size());
  const double mean = moments(values).mean;
  double squares = 0;
  double products = 0;
  double with_index = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double deviation = values[i] - mean;
    squares += deviation * deviation;
    if (i > 0) products += deviation * (values[i - 1] - mean);
    with_index += deviation * (static_cast<double>(i) - (n - 1) / 2);
  }
  if (squares <= 0) return false;
  const double index_squares = n * (n * n - 1) / 12;
  const double drift = with_index / std::sqrt(squares * index_squares);
  return products / squares > 2 / std::sqrt(n) || std::abs(drift) > 2.6 / std::sqrt(n);
}

std::optional<Interval> mean_interval(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const double mean = moments(values).mean;
  if (!correlate_or_drift(values)) return t_interval(values, mean);
  if (values.size() >= 10 * k_many_batches) {
    const auto many = batch_means(values, k_many_batches);
    if (!correlate_or_drift(many)) return t_interval(many, mean);
  }
  return t_interval(batch_means(values, k_few_batches), mean);
}

Stats describe(std::span<const double> values) {
  Stats stats;
  stats.n = static_cast<std::int64_t>(values.size());
  if (values.empty()) return stats;
  const auto [mean, stddev] = moments(values);
  std::vector<double> order(values.begin(), values.end());
  stats.mean = mean;
  stats.median = quantile(order, 0.5);
  stats.p05 = quantile(order, 0.05);
  stats.p95 = quantile(order, 0.95);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  stats.min = *least;
  stats.max = *most;
  if (values.size() > 1) stats.stddev = stddev;
  stats.ci95 = mean_interval(values);
  return stats;
}

std::optional<Interval> ratio_interval(std::span<const double> y, std::span<const double> x) {
  const double total = sum_of(x);
  if (x.size() < 2 || total == 0) return std::nullopt;
  const double ratio = sum_of(y) / total;
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    squares += (y[i] - ratio * x[i]) * (y[i] - ratio * x[i]);
  const double blocks = static_cast<double>(x.size());
  const double half = student_t95(blocks - 1) * std::sqrt(blocks / (blocks - 1) * squares) / std::abs(total);
  return Interval{ratio - half, ratio + half};
}

}  // namespace joulemark
