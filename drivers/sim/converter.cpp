// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/converter.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <utility>

namespace joulemark::sim {
namespace {

constexpr double k_low_noise_a = 0.2e-6;
constexpr double k_high_noise_a = 4e-6;
constexpr double k_voltage_noise_v = 200e-6;
constexpr double k_switch_over_a = 0.95e-3;
constexpr std::uint64_t k_current_stream = 2;
constexpr std::uint64_t k_voltage_stream = 3;

std::pair<float, float> normal_pair(std::uint64_t bits) {
  const auto high = static_cast<float>((bits >> 32) + 1) * 0x1p-32F;  // (0, 1]
  const auto low = static_cast<float>(bits & 0xFFFFFFFF) * 0x1p-32F;
  const float radius = std::sqrt(-2 * std::log(high));
  const float angle = 2 * std::numbers::pi_v<float> * low;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

// In counts of the finest step.
double quantize(double value, double step, double finest, bool on) {
  const double counts = value / step;
  return (on ? std::nearbyint(counts) : counts) * std::round(step / finest);
}

}  // namespace

void Noise::fill(std::int64_t first, std::span<float> deviates) const {
  const auto pair_at = [&](std::size_t i) {
    return normal_pair(random_.bits(static_cast<std::uint64_t>(first + static_cast<std::int64_t>(i)) / 2));
  };
  std::size_t i = 0;
  if (first % 2 != 0 && !deviates.empty()) deviates[i++] = pair_at(0).second;
  for (; i + 1 < deviates.size(); i += 2)
    std::tie(deviates[i], deviates[i + 1]) = pair_at(i);
  if (i < deviates.size()) deviates[i] = pair_at(i).first;
}

CurrentConverter::CurrentConverter(std::uint64_t seed, const ConverterSettings& settings)
    : noise_(seed, k_current_stream), settings_(settings) {}

void CurrentConverter::convert(std::int64_t first, std::span<const double> mean_a, std::span<float> values,
                               std::span<std::uint8_t> clipped) const {
  noise_.fill(first, values);
  const double clip_a = std::min(settings_.clip_a, k_high_range.high);
  for (std::size_t i = 0; i < mean_a.size(); ++i) {
    const bool low = std::abs(mean_a[i]) <= k_switch_over_a;
    const double noise_a =
        static_cast<double>(values[i]) * settings_.noise * (low ? k_low_noise_a : k_high_noise_a);
    const Range& range = low ? k_low_range : k_high_range;
    const double wanted_a = mean_a[i] + noise_a;
    const double top_a = std::min(clip_a, range.high);
    clipped[i] = wanted_a >= top_a || wanted_a <= range.low;
    values[i] = static_cast<float>(quantize(std::clamp(wanted_a, range.low, top_a), range.resolution,
                                            k_current_step_a, settings_.quantization));
  }
}

VoltageConverter::VoltageConverter(std::uint64_t seed, const ConverterSettings& settings)
    : noise_(seed, k_voltage_stream), settings_(settings) {}

void VoltageConverter::convert(std::int64_t first, double voltage_v, std::span<float> values) const {
  noise_.fill(first, values);
  for (float& value : values) {
    const double measured_v = voltage_v + static_cast<double>(value) * settings_.noise * k_voltage_noise_v;
    value =
        static_cast<float>(quantize(measured_v, k_voltage_step_v, k_voltage_step_v, settings_.quantization));
  }
}

}  // namespace joulemark::sim
