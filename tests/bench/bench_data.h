// SPDX-License-Identifier: Apache-2.0
// The samples every store is measured on: amperes in steps of 1 uA, noise of 2 LSB, a level between 0.12 and
// 8 mA that changes every 4000 samples, fixed seed. 4 Mi samples, written over and over.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace joulemark::bench {

inline constexpr std::size_t k_pattern_samples = std::size_t{1} << 22;
inline constexpr std::size_t k_samples_per_level = 4000;
inline constexpr double k_lsb_a = 1e-6;

[[nodiscard]] inline std::vector<float> make_pattern() {
  std::mt19937_64 random(20260101);
  std::normal_distribution<double> noise_lsb(0, 2);
  std::uniform_real_distribution<double> level_lsb(120, 8000);
  std::vector<float> samples(k_pattern_samples);
  double level = 120;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i % k_samples_per_level == 0) level = level_lsb(random);
    samples[i] = static_cast<float>(std::round(level + noise_lsb(random)) * k_lsb_a);
  }
  return samples;
}

}  // namespace joulemark::bench
