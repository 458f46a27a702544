// SPDX-License-Identifier: Apache-2.0
// What a run of samples amounts to without keeping them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace joulemark {

// Of stored values (before Channel.scale). The squares are kept about the mean (m2 = sum of (v - mean)^2),
// since a plain sum of squares loses a microamp of noise on milliamps; merging is Chan, Golub, LeVeque
// (1979).
struct Summary {
  std::int64_t count = 0;
  double sum = 0;
  double m2 = 0;
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();

  [[nodiscard]] double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }

  void merge(const Summary& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    const double n = static_cast<double>(count);
    const double m = static_cast<double>(other.count);
    const double delta = other.sum / m - sum / n;
    m2 += other.m2 + delta * delta * n * m / (n + m);
    sum += other.sum;
    count += other.count;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
  }
};

}  // namespace joulemark
