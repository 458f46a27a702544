// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

namespace joulemark {

// What a linear value axis reaches over by itself: all of the values from low to high with a margin, and from
// zero where that is not far.
[[nodiscard]] std::pair<double, double> limits_around(double low, double high);

}  // namespace joulemark
