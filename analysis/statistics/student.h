// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace joulemark {

// The quantile of Student's t: a t-distributed value lies below it with that probability, 0 to 1 exclusive.
// degrees_of_freedom > 0.
[[nodiscard]] double student_t(double degrees_of_freedom, double probability);

// The two-sided 95 % quantile of Student's t: a t-distributed value stays within +-this with probability
// 0.95. degrees_of_freedom >= 1.
[[nodiscard]] double student_t95(double degrees_of_freedom);

// The same of the normal distribution.
inline constexpr double k_normal95 = 1.959963984540054;

}  // namespace joulemark
