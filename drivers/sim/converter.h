// SPDX-License-Identifier: Apache-2.0
// From true means to what a converter gives: noise, two ranges, steps and an end of the range.
#pragma once

#include <analysis/model/channel.h>

#include <drivers/sim/counter_random.h>

#include <cstdint>
#include <span>

namespace joulemark::sim {

// Stored values of both converters are counts of their finest step (Channel.scale), exact in float32.
inline constexpr double k_current_step_a = 50e-9;
inline constexpr double k_voltage_step_v = 100e-6;

inline constexpr Range k_low_range{-1e-3, 1e-3, k_current_step_a};
inline constexpr Range k_high_range{-100e-3, 100e-3, 40 * k_current_step_a};

// Standard normal deviates by their number (Box and Muller 1958; two from 64 random bits, |x| < 6.7).
class Noise {
 public:
  Noise(std::uint64_t seed, std::uint64_t stream) : random_(seed, stream) {}

  // Deviates first, first + 1, ...
  void fill(std::int64_t first, std::span<float> deviates) const;

 private:
  CounterRandom random_;
};

struct ConverterSettings {
  double noise = 1;
  bool quantization = true;
  double clip_a = 0;  // upper end of what can be measured
};

// Picks the range by the true mean: low up to 95 % of its end.
class CurrentConverter {
 public:
  CurrentConverter(std::uint64_t seed, const ConverterSettings& settings);

  // values[i] for sample first + i; clipped[i] when it is stuck at the end of the range.
  void convert(std::int64_t first, std::span<const double> mean_a, std::span<float> values,
               std::span<std::uint8_t> clipped) const;

 private:
  Noise noise_;
  ConverterSettings settings_;
};

class VoltageConverter {
 public:
  VoltageConverter(std::uint64_t seed, const ConverterSettings& settings);

  void convert(std::int64_t first, double voltage_v, std::span<float> values) const;

 private:
  Noise noise_;
  ConverterSettings settings_;
};

}  // namespace joulemark::sim
