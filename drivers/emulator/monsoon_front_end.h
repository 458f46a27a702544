// SPDX-License-Identifier: Apache-2.0
// The analogue side of the emulated unit: from true means to the codes of its converters.
#pragma once

#include <drivers/emulator/monsoon_hardware.h>
#include <drivers/sim/converter.h>

#include <array>
#include <cstdint>

namespace joulemark::emulator {

// As the USB protocol numbers them.
enum class MonsoonSample : std::uint8_t { measurement = 0x00, zero = 0x10, reference = 0x30 };

// One slot of 200 us. Currents are means over it, voltages are taken in its middle.
struct MonsoonSlot {
  std::int64_t index = 0;  // since the start of sampling
  MonsoonSample kind = MonsoonSample::measurement;
  double main_a = 0;
  double usb_a = 0;
  double aux_a = 0;
  double main_v = 0;  // whatever the main voltage word shows: the output or the aux input
  double usb_v = 0;
  bool marker = false;
  bool powered = false;
  bool tripped = false;
};

struct MonsoonCodes {
  std::array<int, 6> currents;  // by MonsoonWord
  int main_voltage = 0;
  int usb_voltage = 0;
};

class MonsoonFrontEnd {
 public:
  // noise: times 2 codes fine, 1 coarse and 0.5 of voltage (standard deviations); 0 = none.
  MonsoonFrontEnd(const MonsoonHardware& hardware, std::uint64_t seed, double noise);

  // A function of the slot alone, whose number picks the noise.
  [[nodiscard]] MonsoonCodes observe(const MonsoonSlot& slot) const;

 private:
  const MonsoonHardware& hardware_;
  sim::Noise random_;
  double noise_;
};

}  // namespace joulemark::emulator
