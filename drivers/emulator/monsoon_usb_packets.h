// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/emulator/monsoon_packets.h>
#include <drivers/emulator/monsoon_sampler.h>

#include <cstdint>

namespace joulemark::emulator {

// The 64 bytes of the USB protocol: header, one to three observations of 18 bytes, padding. The dropped count
// of a packet holds for its first observation.
class MonsoonUsbPackets final : public MonsoonPackets {
 public:
  MonsoonUsbPackets(MonsoonKind kind, const MonsoonSamplerSettings& settings);

 protected:
  [[nodiscard]] std::size_t most_slots() const override { return 3; }
  [[nodiscard]] bool joins(const MonsoonSlot&, const MonsoonSlot&) const override { return true; }
  [[nodiscard]] bool drops_slots() const override { return true; }
  [[nodiscard]] std::vector<std::byte> begin_packet(const MonsoonSlot& first, int sequence) const override;
  void add_slot(std::vector<std::byte>& packet, const MonsoonSlot& slot) const override;
  void end_packet(std::vector<std::byte>& packet, std::size_t slots, bool corrupt) const override;

 private:
  MonsoonFrontEnd front_end_;
  bool marker_bits_;
  std::int64_t counted_from_;  // where the dropped count starts
};

}  // namespace joulemark::emulator
