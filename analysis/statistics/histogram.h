// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace joulemark {

// Bin k counts the values in [low + k x width, low + (k + 1) x width), the last one its upper end too. What
// lies outside, far from the rest, is counted in below and above.
struct Histogram {
  double low = 0;
  double width = 0;  // 0: all values are equal, and in the one bin
  std::vector<std::int64_t> counts;
  std::int64_t below = 0;
  std::int64_t above = 0;
};

// Bins by Freedman and Diaconis (1981), 2 x IQR / cbrt(n), at most most_bins; the range is min to max, cut at
// ten IQR from the quartiles. values finite; none: no bins.
[[nodiscard]] Histogram histogram(std::span<const double> values, std::size_t most_bins);

}  // namespace joulemark
