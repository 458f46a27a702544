// SPDX-License-Identifier: Apache-2.0
#include <analysis/statistics/histogram.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_furthest_iqr = 10;

double order_statistic(std::vector<double>& values, double q) {
  const auto at = values.begin() + std::lround(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

Histogram histogram(std::span<const double> values, std::size_t most_bins) {
  Histogram result;
  if (values.empty() || most_bins == 0) return result;
  std::vector<double> sorted(values.begin(), values.end());
  const auto [least, most] = std::ranges::minmax(sorted);
  const double q1 = order_statistic(sorted, 0.25);
  const double q3 = order_statistic(sorted, 0.75);
  const double iqr = q3 - q1;
  const double low = iqr > 0 ? std::max(least, q1 - k_furthest_iqr * iqr) : least;
  const double high = iqr > 0 ? std::min(most, q3 + k_furthest_iqr * iqr) : most;
  result.low = low;
  const double wanted = iqr > 0 ? 2 * iqr / std::cbrt(static_cast<double>(values.size())) : high - low;
  const double bins = wanted > 0 ? std::ceil((high - low) / wanted) : 1;
  result.counts.assign(static_cast<std::size_t>(std::clamp(bins, 1.0, static_cast<double>(most_bins))), 0);
  result.width = (high - low) / static_cast<double>(result.counts.size());
  for (const double value : values) {
    if (value < low) {
      ++result.below;
    } else if (value > high) {
      ++result.above;
    } else {
      const double place = result.width > 0 ? (value - low) / result.width : 0;
      ++result.counts[std::min(static_cast<std::size_t>(place), result.counts.size() - 1)];
    }
  }
  return result;
}

}  // namespace joulemark
