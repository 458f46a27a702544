// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/emulator/monsoon_packets.h>
#include <drivers/emulator/monsoon_sampler.h>

#include <span>

namespace joulemark::emulator {

// length (payload + 1), payload, checksum: the frames of an LVPM's serial port, both ways.
[[nodiscard]] std::vector<std::byte> lvpm_frame(std::span<const std::byte> payload);

// Its data frames: four bytes of head, records of 8 bytes, one byte more. A frame holds measurements, or zero
// or reference calibrations, never both; of calibrations the even records are fine and the odd ones coarse.
// The sources do not say how many records it sends at once (here 7), nor what becomes of what does not fit
// into its queue (here whole frames are missing, as the sequence shows).
class LvpmSerialPackets final : public MonsoonPackets {
 public:
  explicit LvpmSerialPackets(const MonsoonSamplerSettings& settings);

 protected:
  [[nodiscard]] std::size_t most_slots() const override { return 7; }
  [[nodiscard]] bool joins(const MonsoonSlot& before, const MonsoonSlot& slot) const override {
    return before.kind == slot.kind;
  }
  [[nodiscard]] bool drops_slots() const override { return false; }
  [[nodiscard]] std::vector<std::byte> begin_packet(const MonsoonSlot& first, int sequence) const override;
  void add_slot(std::vector<std::byte>& packet, const MonsoonSlot& slot) const override;
  void end_packet(std::vector<std::byte>& packet, std::size_t slots, bool corrupt) const override;

 private:
  MonsoonFrontEnd front_end_;
};

}  // namespace joulemark::emulator
