// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_hardware.h>

#include <cmath>

namespace joulemark::emulator {
namespace {

constexpr MonsoonHardware k_hvpm{{{{6387e-3, 2100, -12, 50120},
                                   {36412e-6, 2010, 15, 60480},
                                   {603e-3, 1985, -3, 51230},
                                   {14060e-6, 1990, 4, 59020},
                                   {251e-3, 1975, 0, 50550},
                                   {3093e-6, 2023, 0, 58800}}},
                                 0,
                                 65535,
                                 250e-6,
                                 125e-6,
                                 0.8,
                                 13.5};

// Shunts of the LVPM unit, in 0.0001 ohm from their nominal value.
constexpr int k_main_fine_ohms = -10;
constexpr int k_main_coarse_ohms = 7;
constexpr int k_usb_fine_ohms = 5;
constexpr int k_usb_coarse_ohms = -3;
constexpr int k_aux_fine_ohms = 2;
constexpr int k_aux_coarse_ohms = -4;

constexpr double lvpm_scale(double nominal_a, double nominal_ohm, int offset) {
  return nominal_a * nominal_ohm / (nominal_ohm + 0.0001 * offset);
}

constexpr MonsoonHardware k_lvpm{{{{lvpm_scale(3103.4e-3, 0.05, k_main_coarse_ohms), 295, 0, 24310},
                                   {lvpm_scale(35946e-6, 0.05, k_main_fine_ohms), 310, 0, 29100},
                                   {lvpm_scale(3103.4e-3, 0.05, k_usb_coarse_ohms), 288, 0, 24200},
                                   {lvpm_scale(35946e-6, 0.05, k_usb_fine_ohms), 305, 0, 29040},
                                   {lvpm_scale(1289e-3, 0.1, k_aux_coarse_ohms), 301, 0, 24420},
                                   {lvpm_scale(50.49e-3, 0.1, k_aux_fine_ohms), 297, 0, 28900}}},
                                 -32768,
                                 32767,
                                 125e-6,
                                 125e-6,
                                 2.01,
                                 4.55};

// The scales of its serial protocol are fixed and the same for every channel; it measures each in the range
// that holds it.
constexpr double k_serial_coarse_a = 2.88;
constexpr double k_serial_fine_a = 33.2e-3;
constexpr MonsoonHardware k_lvpm_serial{{{{k_serial_coarse_a, 290, 0, 24310},
                                          {k_serial_fine_a, 312, 0, 29100},
                                          {k_serial_coarse_a, 288, 0, 24200},
                                          {k_serial_fine_a, 304, 0, 29040},
                                          {k_serial_coarse_a, 302, 0, 24420},
                                          {k_serial_fine_a, 298, 0, 28900}}},
                                        -32768,
                                        32767,
                                        125e-6,
                                        125e-6,
                                        2.01,
                                        4.55};

std::uint32_t bits16(int value) {
  return static_cast<std::uint16_t>(value);
}

std::uint32_t bits8(int value) {
  return static_cast<std::uint8_t>(value);
}

// Everything that both models store, then what is the model's own.
MonsoonParameters common_parameters(MonsoonKind kind, std::uint16_t serial) {
  const bool hvpm = kind == MonsoonKind::hvpm;
  const std::uint32_t eight_amperes = hvpm ? 35427 : 0;
  return {
      {k_op_main_voltage, {4, true, 0}},
      {k_op_serial, {2, false, serial}},
      {0x43, {2, true, eight_amperes}},  // power-up current limit
      {0x44, {2, true, eight_amperes}},  // run-time current limit
      {0x0C, {1, true, 20}},             // power-up time, ms
      {0x29, {2, true, 60U << 8U}},      // fan limit, 60 degC
      {k_op_passthrough, {1, true, 2}},
      {k_op_voltage_channel, {1, true, 0}},
      {k_op_hardware_model, {2, false, hvpm ? 2U : 1U}},
      {k_op_dac_low, {2, true, 0xE100}},
      {k_op_dac_high, {2, true, 0xC810}},
      {k_op_firmware, {1, false, 32}},
      {k_op_protocol, {1, false, 1}},
      {k_op_start_status, {1, false, 0}},
  };
}

void add_hvpm(MonsoonParameters& parameters) {
  constexpr std::array<std::uint8_t, 6> scales{0x1B, 0x1A, 0x1D, 0x1C, 0x1F, 0x1E};  // by MonsoonWord
  constexpr std::array<std::uint8_t, 4> offsets{0x26, 0x25, 0x28, 0x27};
  for (std::size_t word = 0; word < scales.size(); ++word) {
    const double per_ampere = word % 2 == 0 ? 1e3 : 1e6;  // stored in mA coarse, uA fine
    const double scale = k_hvpm.grains[word].scale_a * per_ampere;
    parameters[scales[word]] = {4, true, static_cast<std::uint32_t>(std::lround(scale))};
  }
  for (std::size_t word = 0; word < offsets.size(); ++word)
    parameters[offsets[word]] = {2, true, bits16(k_hvpm.grains[word].offset)};
}

void add_lvpm(MonsoonParameters& parameters) {
  parameters[0x02] = {1, true, bits8(k_main_fine_ohms)};
  parameters[0x11] = {1, true, bits8(k_main_coarse_ohms)};
  parameters[0x0D] = {1, true, bits8(k_usb_fine_ohms)};
  parameters[0x12] = {1, true, bits8(k_usb_coarse_ohms)};
  parameters[0x0E] = {1, true, bits8(k_aux_fine_ohms)};
  parameters[0x13] = {1, true, bits8(k_aux_coarse_ohms)};
}

}  // namespace

const MonsoonHardware& monsoon_hardware(MonsoonKind kind) {
  if (kind == MonsoonKind::hvpm) return k_hvpm;
  return kind == MonsoonKind::lvpm ? k_lvpm : k_lvpm_serial;
}

MonsoonParameters monsoon_parameters(MonsoonKind kind, std::uint16_t serial) {
  MonsoonParameters parameters = common_parameters(kind, serial);
  if (kind == MonsoonKind::hvpm) {
    add_hvpm(parameters);
  } else {
    add_lvpm(parameters);
  }
  return parameters;
}

}  // namespace joulemark::emulator
