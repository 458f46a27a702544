// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/lvpm_serial_packets.h>

namespace joulemark::emulator {
namespace {

constexpr std::size_t k_head_size = 4;
constexpr std::size_t k_record_size = 8;
constexpr int k_fine_below = 30000;
constexpr int k_data = 0x20;
constexpr int k_flag_trip = 0x10;
// Notes on this byte give D5 to the voltage, but it is the 0x20 that marks data: D5 stays set here.

void put(std::vector<std::byte>& bytes, int value) {
  bytes.push_back(static_cast<std::byte>(value));
}

void put_word(std::vector<std::byte>& bytes, int word) {
  put(bytes, word >> 8);
  put(bytes, word);
}

int type_of(MonsoonSample kind) {
  if (kind == MonsoonSample::measurement) return 0;
  return kind == MonsoonSample::zero ? 1 : 2;
}

// Bit 0 says which range a measurement was taken in; calibrations go by their place.
int current_word(int fine, int coarse, const MonsoonSlot& slot, bool even) {
  if (slot.kind != MonsoonSample::measurement) return even ? fine : coarse;
  return fine < k_fine_below ? fine & ~1 : coarse | 1;
}

}  // namespace

std::vector<std::byte> lvpm_frame(std::span<const std::byte> payload) {
  std::vector<std::byte> frame;
  frame.reserve(payload.size() + 2);
  put(frame, static_cast<int>(payload.size() + 1));
  for (const std::byte each : payload)
    frame.push_back(each);
  unsigned sum = 0;
  for (const std::byte each : frame)
    sum += std::to_integer<unsigned>(each);
  put(frame, static_cast<int>(sum & 0xFF));
  return frame;
}

LvpmSerialPackets::LvpmSerialPackets(const MonsoonSamplerSettings& settings)
    : MonsoonPackets(settings.queue_slots),
      front_end_(monsoon_hardware(MonsoonKind::lvpm_serial), settings.seed, settings.noise) {}

std::vector<std::byte> LvpmSerialPackets::begin_packet(const MonsoonSlot& first, int sequence) const {
  std::vector<std::byte> payload;
  put(payload, k_data | (first.tripped ? k_flag_trip : 0) | sequence);
  put(payload, type_of(first.kind));
  put_word(payload, 0);
  return payload;
}

void LvpmSerialPackets::add_slot(std::vector<std::byte>& packet, const MonsoonSlot& slot) const {
  const MonsoonCodes codes = front_end_.observe(slot);
  const bool even = (packet.size() - k_head_size) / k_record_size % 2 == 0;
  for (std::size_t rail = 0; rail < 3; ++rail)
    put_word(packet, current_word(codes.currents[2 * rail + 1], codes.currents[2 * rail], slot, even));
  put_word(packet, codes.main_voltage);
}

void LvpmSerialPackets::end_packet(std::vector<std::byte>& packet, std::size_t, bool corrupt) const {
  put(packet, 0);
  packet = lvpm_frame(packet);
  if (corrupt) packet[k_head_size + 1] ^= std::byte{0x40};
}

}  // namespace joulemark::emulator
