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

Interval t_interval(std::span<const double> values, double mean, double widening = 1) {
  const double n = static_cast<double>(values.size());
  const double half = widening * student_t95(n - 1) * moments(values).stddev / std::sqrt(n);
  return {mean - half, mean + half};
}

// How the values, in their order, hang together.
struct Serial {
  double lag1 = 0;   // autocorrelation of neighbours
  double drift = 0;  // correlation with their index
};

Serial serial_of(std::span<const double> values) {
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
  if (squares <= 0) return {};
  const double index_squares = n * (n * n - 1) / 12;
  return {products / squares, with_index / std::sqrt(squares * index_squares)};
}

// Of the standard error of the mean of a few values that still correlate.
double widening_of(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  const double r = std::clamp((n * serial_of(values).lag1 + 1) / (n - 3), 0.0, 0.9);
  return std::sqrt((1 + r) / (1 - r));
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

bool mean_above_zero(std::span<const double> values) {
  constexpr double k_chance = 1.0 / 3000;
  if (values.size() < 3) return false;
  const auto [mean, stddev] = moments(values);
  const auto n = static_cast<double>(values.size());
  return stddev > 0 && mean / (stddev / std::sqrt(n)) > student_t(n - 1, 1 - k_chance);
}

bool correlate_or_drift(std::span<const double> values) {
  if (values.size() < k_enough_to_tell) return false;
  const double root_n = std::sqrt(static_cast<double>(values.size()));
  const Serial serial = serial_of(values);
  return serial.lag1 > 2 / root_n || std::abs(serial.drift) > 2.6 / root_n;
}

std::optional<Interval> mean_interval(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const double mean = moments(values).mean;
  if (!correlate_or_drift(values)) return t_interval(values, mean);
  const bool many = values.size() >= 10 * k_many_batches;
  const std::vector<double> batches = batch_means(values, many ? k_many_batches : k_few_batches);
  return t_interval(batches, mean, widening_of(batches));
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
