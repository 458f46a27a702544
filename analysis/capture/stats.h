// SPDX-License-Identifier: Apache-2.0
// What a run of values amounts to, in double: of blocks and of windows.
#pragma once

#include <analysis/model/summary.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

namespace joulemark::capture {

struct Stats {
  std::int64_t count = 0;
  double sum = 0;
  double m2 = 0;  // sum of (v - mean)^2, see Summary
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  void merge(const Stats& other);
  [[nodiscard]] Summary summary() const;
};

// One pass; m2 is good to (count + 1) roundings.
[[nodiscard]] Stats stats_of(std::span<const float> values);
[[nodiscard]] Stats stats_of(std::span<const double> values);

}  // namespace joulemark::capture
