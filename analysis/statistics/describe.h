// SPDX-License-Identifier: Apache-2.0
// From values to a distribution with an interval for its mean.
#pragma once

#include <analysis/model/report.h>

#include <optional>
#include <span>

namespace joulemark {

// Mean and sample standard deviation; two passes, so that a small spread on a large mean survives.
struct Moments {
  double mean = 0;
  double stddev = 0;  // 0 for fewer than two values
};
[[nodiscard]] Moments moments(std::span<const double> values);

// Whether the mean of independent draws lies above 0 by more than chance makes in 1 of 3000 cases (one-sided
// Student's t). False for fewer than three values or without spread.
[[nodiscard]] bool mean_above_zero(std::span<const double> values);

// True when the values, in the order they were taken, are no independent draws: neighbours correlate (lag-1
// autocorrelation beyond 2/sqrt(n)) or they drift (correlation with their index beyond 2.6/sqrt(n)). Below 20
// values it says false: too few to tell.
[[nodiscard]] bool correlate_or_drift(std::span<const double> values);

// 95 % interval for the long-run mean: Student's t on the values, or, where they correlate or drift, on the
// means of 10 batches of neighbours (20 from 200 values on), widened by what the batches still correlate:
// sqrt((1 + r) / (1 - r)) with their lag-1 autocorrelation r, freed of its bias (Marriott and Pope, 1954) and
// kept within 0 and 0.9. On autoregressions it covers 93 to 97 % when the values span 20 correlation times,
// about 90 % when they span 5. None below two values.
[[nodiscard]] std::optional<Interval> mean_interval(std::span<const double> values);

// Everything above and the quantiles (linear between order statistics: type 7 of Hyndman and Fan, 1996).
// values in the order they were taken; finite. O(n) but for the quantiles' selection.
[[nodiscard]] Stats describe(std::span<const double> values);

// 95 % interval of sum(y) / sum(x) over blocks, both random: the ratio estimator, with t on blocks - 1
// degrees of freedom (Cochran, Sampling Techniques, 6.3). None below two blocks or when sum(x) is 0.
[[nodiscard]] std::optional<Interval> ratio_interval(std::span<const double> y, std::span<const double> x);

}  // namespace joulemark
