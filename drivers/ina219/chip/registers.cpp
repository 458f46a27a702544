// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/chip/registers.h>

#include <algorithm>
#include <cmath>

namespace joulemark::ina219 {
namespace {

constexpr unsigned k_reset_bit = 0x8000;
constexpr unsigned k_unused_bit = 0x4000;
constexpr unsigned k_bus_unused_bit = 0x0004;
constexpr double k_calibration_volts = 0.04096;
constexpr double k_largest_calibration = 0xFFFE;

}  // namespace

const AdcSetting* adc_setting(std::string_view name) {
  const auto found = std::ranges::find(k_adc_settings, name, &AdcSetting::name);
  return found == k_adc_settings.end() ? nullptr : &*found;
}

std::uint16_t Configuration::code() const {
  return static_cast<std::uint16_t>(static_cast<unsigned>(bus_range) << 13U |
                                    static_cast<unsigned>(range) << 11U |
                                    static_cast<unsigned>(bus_adc) << 7U |
                                    static_cast<unsigned>(shunt_adc) << 3U | static_cast<unsigned>(mode));
}

Configuration Configuration::with_mode(Mode other) const {
  Configuration changed = *this;
  changed.mode = other;
  return changed;
}

double shunt_step_v(const Configuration& configuration) {
  constexpr int k_averages = 8;  // from this code on, of so many conversions of 12 bits
  const double step_v = full_scale_v(configuration.range) / 4000;
  const int code = configuration.shunt_adc;
  if (code < k_averages) return step_v * (8 >> (code & 3));
  return std::max(step_v / (1 << (code - k_averages)), k_shunt_step_v);
}

Configuration configuration_from(std::uint16_t code) {
  return {static_cast<BusRange>(code >> 13 & 1), static_cast<ShuntRange>(code >> 11 & 3),
          static_cast<std::uint8_t>(code >> 7 & 15), static_cast<std::uint8_t>(code >> 3 & 15),
          static_cast<Mode>(code & 7)};
}

bool is_plausible(std::uint16_t configuration, std::uint16_t bus_voltage, std::uint16_t calibration) {
  return (configuration & (k_reset_bit | k_unused_bit)) == 0 && (bus_voltage & k_bus_unused_bit) == 0 &&
         (calibration & 1) == 0;
}

std::optional<ShuntRange> range_for(double shunt_v) {
  constexpr double k_rounding = 1 + 1e-9;
  for (const ShuntRange range : {ShuntRange::mv40, ShuntRange::mv80, ShuntRange::mv160, ShuntRange::mv320}) {
    if (shunt_v <= full_scale_v(range) * k_rounding) return range;
  }
  return std::nullopt;
}

std::uint16_t calibration_for(double max_current_a, double shunt_ohm) {
  const double code = std::trunc(k_calibration_volts * 32768 / (max_current_a * shunt_ohm));
  return static_cast<std::uint16_t>(static_cast<unsigned>(std::clamp(code, 2.0, k_largest_calibration)) &
                                    0xFFFEU);
}

}  // namespace joulemark::ina219
