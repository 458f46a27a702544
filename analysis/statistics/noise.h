// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace joulemark {

// x[i-1] - 2 x[i] + x[i+1] of one unbroken run of samples: nothing is left of what runs straight, and six
// times the variance of noise that is independent from sample to sample.
void append_second_differences(std::span<const double> run, std::vector<double>& into);

// Standard deviation of that noise, from the second differences of all runs. What lies beyond 3.5 deviations
// (a step of the signal) is left out; what stays of a curved signal makes it larger, never smaller. 0 when
// more than half of them are. None below 30: too few to tell.
[[nodiscard]] std::optional<double> noise_deviation(std::span<const double> second_differences);

}  // namespace joulemark
