// SPDX-License-Identifier: Apache-2.0
// The analogue side of the emulated unit: from true means to the 18 bytes of one observation.
#pragma once

#include <drivers/emulator/monsoon_hardware.h>
#include <drivers/sim/converter.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace joulemark::emulator {

enum class MonsoonSample : std::uint8_t { measurement = 0x00, zero = 0x10, reference = 0x30 };

// Means over one slot of 200 us; the voltages are taken in its middle.
struct MonsoonInput {
  double main_a = 0;
  double usb_a = 0;
  double aux_a = 0;
  double main_v = 0;  // whatever the main voltage word shows: the output or the aux input
  double usb_v = 0;
};

class MonsoonFrontEnd {
 public:
  static constexpr std::size_t k_observation_size = 18;
  using Observation = std::array<std::byte, k_observation_size>;

  // noise: times 2 codes fine, 1 coarse and 0.5 of voltage (standard deviations); 0 = none.
  MonsoonFrontEnd(const MonsoonHardware& hardware, std::uint64_t seed, double noise);

  // A function of the arguments and the slot number, which picks the noise.
  [[nodiscard]] Observation observe(std::int64_t slot, MonsoonSample sample, const MonsoonInput& input) const;

 private:
  const MonsoonHardware& hardware_;
  sim::Noise random_;
  double noise_;
};

}  // namespace joulemark::emulator
