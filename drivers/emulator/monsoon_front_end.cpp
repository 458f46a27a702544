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
constexpr std::uint8_t k_main_gain = 0x02;  // the low bits of the last byte, whose meaning is not known

double mean_code(const MonsoonGrain& grain, MonsoonSample sample, double current_a) {
  if (sample == MonsoonSample::zero) return grain.zero;
  if (sample == MonsoonSample::reference) return grain.reference;
  const double zero = grain.zero + grain.offset;
  return zero + current_a * (grain.reference - zero) / grain.scale_a;
}

}  // namespace

MonsoonFrontEnd::MonsoonFrontEnd(const MonsoonHardware& hardware, std::uint64_t seed, double noise)
    : hardware_(hardware), random_(seed, k_noise_stream), noise_(noise) {}

MonsoonFrontEnd::Observation MonsoonFrontEnd::observe(std::int64_t slot, MonsoonSample sample,
                                                      const MonsoonInput& input) const {
  std::array<float, k_words> deviates{};
  if (noise_ > 0) random_.fill(slot * static_cast<std::int64_t>(k_words), deviates);
  const std::array<double, 3> currents_a{input.main_a, input.usb_a, input.aux_a};
  std::array<double, k_words> codes{};
  for (std::size_t word = 0; word < k_currents; ++word) {
    codes[word] = mean_code(hardware_.grains[word], sample, currents_a[word / 2]) +
                  noise_ * k_current_noise[word % 2] * static_cast<double>(deviates[word]);
  }
  codes[6] = input.main_v / hardware_.main_volts_per_code;
  codes[7] = input.usb_v / hardware_.usb_volts_per_code;
  Observation bytes{};
  for (std::size_t word = 0; word < k_words; ++word) {
    const bool voltage = word >= k_currents;
    if (voltage) codes[word] += noise_ * k_voltage_noise * static_cast<double>(deviates[word]);
    const double lowest = voltage ? 0 : hardware_.lowest_code;
    const double highest = voltage ? 65535 : hardware_.highest_code;
    const auto code = std::lround(std::clamp(codes[word], lowest, highest));
    bytes[2 * word] = static_cast<std::byte>((code >> 8) & 0xFF);
    bytes[2 * word + 1] = static_cast<std::byte>(code & 0xFF);
  }
  bytes[17] = static_cast<std::byte>(static_cast<std::uint8_t>(sample) | k_main_gain);
  return bytes;
}

}  // namespace joulemark::emulator
