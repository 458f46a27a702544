// SPDX-License-Identifier: Apache-2.0
#include <analysis/statistics/noise.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr std::size_t k_least = 30;
constexpr double k_furthest = 3.5;
constexpr double k_median_of_normal = 0.6745;  // of |x|, in deviations
constexpr int k_rounds = 4;                    // the first scale may be off by half where values are coarse

double root_mean_square_within(std::span<const double> values, double limit) {
  double squares = 0;
  std::size_t count = 0;
  for (const double value : values) {
    if (std::abs(value) > limit) continue;
    squares += value * value;
    ++count;
  }
  return count == 0 ? 0 : std::sqrt(squares / static_cast<double>(count));
}

}  // namespace

void append_second_differences(std::span<const double> run, std::vector<double>& into) {
  for (std::size_t i = 1; i + 1 < run.size(); ++i)
    into.push_back((run[i - 1] - run[i]) + (run[i + 1] - run[i]));
}

std::optional<double> noise_deviation(std::span<const double> second_differences) {
  if (second_differences.size() < k_least) return std::nullopt;
  std::vector<double> sizes;
  sizes.reserve(second_differences.size());
  for (const double difference : second_differences)
    sizes.push_back(std::abs(difference));
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  double scale = *middle / k_median_of_normal;
  for (int round = 0; round < k_rounds; ++round)
    scale = root_mean_square_within(second_differences, k_furthest * scale);
  return scale / std::sqrt(6.0);
}

}  // namespace joulemark
