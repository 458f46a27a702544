// SPDX-License-Identifier: Apache-2.0
// What is fixed about a Monsoon: identity, requests, opcodes, rate and scales. Where public sources disagree
// the vendor's own Python library is followed, since it is the path the vendor supports.
#pragma once

#include <analysis/model/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace joulemark::monsoon {

inline constexpr std::uint16_t k_vendor_id = 0x2AB9;
inline constexpr std::uint16_t k_product_id = 0x0001;

inline constexpr double k_rate_hz = 5000;  // observations per second, all channels in one
inline constexpr TimeNs k_slot_ns = 200'000;
inline constexpr std::int64_t k_slots_per_s = 5000;

inline constexpr TimeNs k_stall_ns = 5'000'000'000;  // without data, before a unit is given up

inline constexpr std::size_t k_packet_bytes = 64;
inline constexpr std::size_t k_header_bytes = 4;
inline constexpr std::size_t k_observation_bytes = 18;
inline constexpr int k_most_observations = 3;
inline constexpr std::uint8_t k_bulk_in = 0x81;

enum class Model { lvpm = 1, hvpm = 2 };  // as opcode hardware_model answers

[[nodiscard]] constexpr std::string_view name_of(Model model) {
  return model == Model::hvpm ? "HVPM" : "LVPM";
}

enum class Opcode : std::uint8_t {
  main_fine_resistor = 0x02,  // LVPM
  calibrate_main_voltage = 0x03,
  voltage_channel = 0x23,
  power_up_time = 0x0C,
  usb_fine_resistor = 0x0D,
  aux_fine_resistor = 0x0E,
  usb_passthrough = 0x10,
  main_coarse_resistor = 0x11,
  usb_coarse_resistor = 0x12,
  aux_coarse_resistor = 0x13,
  main_fine_scale = 0x1A,  // HVPM
  main_coarse_scale = 0x1B,
  usb_fine_scale = 0x1C,
  usb_coarse_scale = 0x1D,
  aux_fine_scale = 0x1E,
  aux_coarse_scale = 0x1F,
  main_fine_zero = 0x25,
  main_coarse_zero = 0x26,
  usb_fine_zero = 0x27,
  usb_coarse_zero = 0x28,
  main_voltage = 0x41,
  serial_number = 0x42,
  power_up_current_limit = 0x43,
  run_time_current_limit = 0x44,
  hardware_model = 0x45,
  dac_cal_low = 0x88,
  dac_cal_high = 0x89,
  firmware_version = 0xC0,
  protocol_version = 0xC1,
  start_status = 0xC4,
};

enum class Request : std::uint8_t { parameter = 0x01, start = 0x02, stop = 0x03 };

inline constexpr std::uint32_t k_refused = 0xFFFFFFFE;  // a get's answer while the unit samples
inline constexpr std::uint8_t k_sampling_bit = 0x80;    // of start_status, from k_status_firmware on
inline constexpr int k_status_firmware = 26;
inline constexpr std::uint16_t k_calibration_interval_ms = 1250;

enum class Rail { main, usb, aux };
enum class Grain { fine, coarse };
[[nodiscard]] constexpr std::string_view name_of(Rail rail) {
  return rail == Rail::main ? "main" : rail == Rail::usb ? "usb" : "aux";
}

inline constexpr std::size_t k_rails = 3;
inline constexpr std::size_t k_grains = 2;

// One of the two measuring ranges of a rail: the current (mA) that the reference calibration stands for, and
// the correction of the zero calibration in ADC counts.
struct GrainScale {
  double reference_ma = 0;
  double zero_offset = 0;
};

struct RailScale {
  std::array<GrainScale, k_grains> grains;
  int fine_below = 0;  // a fine word below this is used, else the coarse one
};

struct UnitScale {
  Model model = Model::hvpm;
  std::array<RailScale, k_rails> rails;
  double main_voltage_step_v = 250e-6;
  double usb_voltage_step_v = 125e-6;

  [[nodiscard]] bool signed_words() const { return model == Model::lvpm; }
};

}  // namespace joulemark::monsoon
