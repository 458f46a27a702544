// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/value_limits.h>

#include <algorithm>
#include <cmath>

namespace joulemark {

std::pair<double, double> limits_around(double low, double high) {
  constexpr double k_not_far = 0.6;
  constexpr double k_margin = 0.06;
  if (low > 0 && low < k_not_far * high) low = 0;
  if (high < 0 && high > k_not_far * low) high = 0;
  if (high <= low) high = low + std::max(std::abs(low) * 0.1, 1e-9);
  const double margin = k_margin * (high - low);
  return {low == 0 ? 0 : low - margin, high == 0 ? 0 : high + margin};
}

}  // namespace joulemark
