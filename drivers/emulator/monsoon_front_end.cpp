// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_front_end.h>

#include <algorithm>
#include <cmath>

namespace joulemark::emulator {
namespace {

constexpr std::uint64_t k_noise_stream = 17;
constexpr std::size_t k_currents = 6;
constexpr std::size_t k_words = 8;                      // with the two voltages
constexpr std::array<double, 2> k_current_noise{1, 2};  // coarse, fine
constexpr double k_voltage_noise = 0.5;

double mean_code(const MonsoonGrain& grain, MonsoonSample kind, double current_a) {
  if (kind == MonsoonSample::zero) return grain.zero;
  if (kind == MonsoonSample::reference) return grain.reference;
  const double zero = grain.zero + grain.offset;
  return zero + current_a * (grain.reference - zero) / grain.scale_a;
}

int code(double value, int lowest, int highest) {
  return static_cast<int>(
      std::lround(std::clamp(value, static_cast<double>(lowest), static_cast<double>(highest))));
}

}  // namespace

MonsoonFrontEnd::MonsoonFrontEnd(const MonsoonHardware& hardware, std::uint64_t seed, double noise)
    : hardware_(hardware), random_(seed, k_noise_stream), noise_(noise) {}

MonsoonCodes MonsoonFrontEnd::observe(const MonsoonSlot& slot) const {
  std::array<float, k_words> deviates{};
  if (noise_ > 0) random_.fill(slot.index * static_cast<std::int64_t>(k_words), deviates);
  const auto noise = [&](std::size_t word, double codes) {
    return noise_ * codes * static_cast<double>(deviates[word]);
  };
  const std::array<double, 3> currents_a{slot.main_a, slot.usb_a, slot.aux_a};
  MonsoonCodes codes;
  for (std::size_t word = 0; word < k_currents; ++word) {
    const double mean = mean_code(hardware_.grains[word], slot.kind, currents_a[word / 2]);
    codes.currents[word] =
        code(mean + noise(word, k_current_noise[word % 2]), hardware_.lowest_code, hardware_.highest_code);
  }
  codes.main_voltage =
      code(slot.main_v / hardware_.main_volts_per_code + noise(k_currents, k_voltage_noise), 0, 65535);
  codes.usb_voltage =
      code(slot.usb_v / hardware_.usb_volts_per_code + noise(k_currents + 1, k_voltage_noise), 0, 65535);
  return codes;
}

}  // namespace joulemark::emulator
