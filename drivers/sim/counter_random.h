// SPDX-License-Identifier: Apache-2.0
// Random numbers by their number: the same whatever order or portions they are asked for in.
#pragma once

#include <cstdint>

namespace joulemark::sim {

// SplitMix64 (Steele, Lea, Flood 2014) read at any position. Streams of one seed are independent.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream) : key_(mix(mix(seed + k_step) + stream * k_step)) {}

  [[nodiscard]] std::uint64_t bits(std::uint64_t counter) const { return mix(key_ + (counter + 1) * k_step); }

  // In [0, 1), 53 bits.
  [[nodiscard]] double uniform(std::uint64_t counter) const {
    return static_cast<double>(bits(counter) >> 11) * 0x1p-53;
  }

 private:
  static constexpr std::uint64_t k_step = 0x9E3779B97F4A7C15;

  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  std::uint64_t key_;
};

}  // namespace joulemark::sim
