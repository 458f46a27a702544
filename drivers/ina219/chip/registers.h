// SPDX-License-Identifier: Apache-2.0
// The INA219's registers (Texas Instruments SBOS448G) as numbers and back. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace joulemark::ina219 {

enum class Register : std::uint8_t {
  configuration = 0,
  shunt_voltage = 1,
  bus_voltage = 2,
  power = 3,  // reading it clears conversion-ready
  current = 4,
  calibration = 5,
};

inline constexpr double k_shunt_step_v = 10e-6;  // of the register, in every range
inline constexpr double k_bus_step_v = 4e-3;

// Full scale of the shunt voltage. The converter has 12 bits, so its own step is full scale / 4000.
enum class ShuntRange : std::uint8_t { mv40 = 0, mv80 = 1, mv160 = 2, mv320 = 3 };
[[nodiscard]] constexpr double full_scale_v(ShuntRange range) {
  return 0.04 * static_cast<double>(1 << static_cast<int>(range));
}

enum class BusRange : std::uint8_t { v16 = 0, v32 = 1 };
[[nodiscard]] constexpr double full_scale_v(BusRange range) {
  return range == BusRange::v16 ? 16 : 32;
}

// What one conversion averages. Times: typical, and the longest the data sheet allows where it says so.
struct AdcSetting {
  std::string_view name;
  std::uint8_t code;
  double typical_s;
};
inline constexpr std::array<AdcSetting, 11> k_adc_settings{{{"9bit", 0, 84e-6},
                                                            {"10bit", 1, 148e-6},
                                                            {"11bit", 2, 276e-6},
                                                            {"12bit", 3, 532e-6},
                                                            {"2x", 9, 1.06e-3},
                                                            {"4x", 10, 2.13e-3},
                                                            {"8x", 11, 4.26e-3},
                                                            {"16x", 12, 8.51e-3},
                                                            {"32x", 13, 17.02e-3},
                                                            {"64x", 14, 34.05e-3},
                                                            {"128x", 15, 68.10e-3}}};
[[nodiscard]] const AdcSetting* adc_setting(std::string_view name);  // null: no such name

// The chip's clock is its own: 532 us may be 586. What is measured outside these bounds is no conversion.
inline constexpr double k_shortest = 0.88;  // times typical
inline constexpr double k_longest = 1.18;

enum class Mode : std::uint8_t {
  power_down = 0,
  shunt_once = 1,
  bus_once = 2,
  both_once = 3,
  adc_off = 4,
  shunt = 5,
  bus = 6,
  both = 7,  // in turn: half of the time the shunt is not looked at
};

struct Configuration {
  BusRange bus_range = BusRange::v16;
  ShuntRange range = ShuntRange::mv40;
  std::uint8_t bus_adc = 3;  // AdcSetting::code
  std::uint8_t shunt_adc = 3;
  Mode mode = Mode::shunt;

  [[nodiscard]] std::uint16_t code() const;
  [[nodiscard]] Configuration with_mode(Mode other) const;
  bool operator==(const Configuration&) const = default;
};
// The step of what the shunt register shows: of fewer bits than 12 it is coarser, of an average finer, but
// never finer than the register.
[[nodiscard]] double shunt_step_v(const Configuration& configuration);
[[nodiscard]] Configuration configuration_from(std::uint16_t code);

// What the registers of an INA219 never hold (bits that are always 0): then it is something else.
[[nodiscard]] bool is_plausible(std::uint16_t configuration, std::uint16_t bus_voltage,
                                std::uint16_t calibration);

struct BusVoltage {
  int steps = 0;          // of k_bus_step_v
  bool ready = false;     // a conversion has ended since the flag was cleared
  bool overflow = false;  // of the current or power register; the voltages are not concerned
};
[[nodiscard]] constexpr BusVoltage bus_voltage_from(std::uint16_t code) {
  return {code >> 3, (code & 2) != 0, (code & 1) != 0};
}

[[nodiscard]] constexpr int shunt_steps_from(std::uint16_t code) {
  return static_cast<std::int16_t>(code);
}

// Beyond which value a shunt reading is the end of its range.
[[nodiscard]] constexpr int shunt_limit(ShuntRange range) {
  return 4000 << static_cast<int>(range);
}

[[nodiscard]] constexpr int bus_limit(BusRange range) {
  return range == BusRange::v16 ? 4000 : 8000;
}

// The smallest range that holds that voltage; none beyond 320 mV.
[[nodiscard]] std::optional<ShuntRange> range_for(double shunt_v);

// Eq. 1 of the data sheet with current LSB = max_current / 32768: the current register then overflows (and
// says so) beyond max_current. Clamped to what the register holds.
[[nodiscard]] std::uint16_t calibration_for(double max_current_a, double shunt_ohm);

}  // namespace joulemark::ina219
