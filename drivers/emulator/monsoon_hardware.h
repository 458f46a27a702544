// SPDX-License-Identifier: Apache-2.0
// What is soldered and what is stored in the emulated unit: gains, levels and parameters, as tables. The
// figures are one made-up unit of each model, near the defaults the vendor writes into a wiped one.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>

namespace joulemark::emulator {

inline constexpr double k_monsoon_slots_per_s = 5000;

// lvpm: with the USB firmware; lvpm_serial: as it left the factory.
enum class MonsoonKind { hvpm, lvpm, lvpm_serial };

// Wire order of the current words.
enum MonsoonWord : std::uint8_t {
  k_main_coarse,
  k_main_fine,
  k_usb_coarse,
  k_usb_fine,
  k_aux_coarse,
  k_aux_fine
};

// code = zero + offset + current * (reference - zero - offset) / scale_a
struct MonsoonGrain {
  double scale_a = 0;  // the current that the reference step stands for
  int zero = 0;        // mean code of a zero observation
  int offset = 0;      // stored zero offset; 0 where the model stores none
  int reference = 0;   // mean code of a reference observation
};

struct MonsoonHardware {
  std::array<MonsoonGrain, 6> grains;  // by MonsoonWord
  int lowest_code = 0;
  int highest_code = 65535;
  double main_volts_per_code = 250e-6;
  double usb_volts_per_code = 125e-6;
  double lowest_voltage_v = 0;  // of the output when on
  double highest_voltage_v = 0;
};

[[nodiscard]] const MonsoonHardware& monsoon_hardware(MonsoonKind kind);

enum MonsoonOpcode : std::uint8_t {
  k_op_calibrate_voltage = 0x03,
  k_op_reset = 0x05,
  k_op_passthrough = 0x10,
  k_op_voltage_channel = 0x23,
  k_op_main_voltage = 0x41,
  k_op_serial = 0x42,
  k_op_hardware_model = 0x45,
  k_op_dac_low = 0x88,
  k_op_dac_high = 0x89,
  k_op_firmware = 0xC0,
  k_op_protocol = 0xC1,
  k_op_start_status = 0xC4,
};

struct MonsoonParameter {
  std::uint8_t bytes = 4;
  bool writable = false;
  std::uint32_t value = 0;  // as the lowest bytes hold it; two's complement where signed
};

using MonsoonParameters = std::map<std::uint8_t, MonsoonParameter>;  // by opcode

// Of those with the USB protocol.
[[nodiscard]] MonsoonParameters monsoon_parameters(MonsoonKind kind, std::uint16_t serial);

}  // namespace joulemark::emulator
