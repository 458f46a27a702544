// SPDX-License-Identifier: Apache-2.0
// What a run of samples amounts to without keeping them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace joulemark {

// The sum of squares about the mean of two runs together: Chan, Golub, LeVeque (1979), with one division.
[[nodiscard]] inline double merged_m2(double n, double sum_n, double m2_n, double m, double sum_m,
                                      double m2_m) {
  const double apart = sum_m * n - sum_n * m;
  return m2_n + m2_m + apart * apart / (n * m * (n + m));
}

// Of stored values (before Channel.scale). The squares are kept about the mean (m2 = sum of (v - mean)^2),
// since a plain sum of squares loses a microamp of noise on milliamps.
struct Summary {
  std::int64_t count = 0;
  double sum = 0;
  double m2 = 0;
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();

  [[nodiscard]] double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
  [[nodiscard]] double deviation() const {
    return count > 0 ? std::sqrt(m2 / static_cast<double>(count)) : 0;
  }

  void merge(const Summary& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    m2 =
        merged_m2(static_cast<double>(count), sum, m2, static_cast<double>(other.count), other.sum, other.m2);
    sum += other.sum;
    count += other.count;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
  }
};

}  // namespace joulemark
