// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_usb_packets.h>

#include <array>

namespace joulemark::emulator {
namespace {

constexpr std::size_t k_packet_size = 64;
constexpr std::byte k_impossible_count{0xE5};
constexpr std::int64_t k_unreliable_slots = 250;  // the dropped count reads 65535 for 50 ms
constexpr std::uint8_t k_flag_trip = 0x10;
constexpr std::uint8_t k_flag_output = 0x20;
constexpr std::uint8_t k_main_gain = 0x02;  // the low bits of the last byte, whose meaning is not known

void put(std::vector<std::byte>& bytes, int value) {
  bytes.push_back(static_cast<std::byte>(value));
}

void put_word(std::vector<std::byte>& bytes, int word) {
  put(bytes, word >> 8);
  put(bytes, word);
}

}  // namespace

MonsoonUsbPackets::MonsoonUsbPackets(MonsoonKind kind, const MonsoonSamplerSettings& settings)
    : MonsoonPackets(settings.queue_slots),
      front_end_(monsoon_hardware(kind), settings.seed, settings.noise),
      marker_bits_(settings.marker_bits),
      counted_from_(settings.faults.wrap ? MonsoonFaults::k_wrap_start : 0) {}

std::vector<std::byte> MonsoonUsbPackets::begin_packet(const MonsoonSlot& first, int sequence) const {
  const auto dropped = static_cast<int>(
      (first.index < k_unreliable_slots ? 0xFFFF : counted_from_ + this->dropped()) & 0xFFFF);
  std::vector<std::byte> packet;
  packet.reserve(k_packet_size);
  put(packet, dropped);
  put(packet, dropped >> 8);
  put(packet, (first.tripped ? k_flag_trip : 0) | (first.powered ? k_flag_output : 0) | sequence);
  put(packet, 0);
  return packet;
}

void MonsoonUsbPackets::add_slot(std::vector<std::byte>& packet, const MonsoonSlot& slot) const {
  const MonsoonCodes codes = front_end_.observe(slot);
  for (const int current : codes.currents)
    put_word(packet, current);
  put_word(packet, marker_bits_ ? (codes.main_voltage & ~3) | (slot.marker ? 1 : 0) : codes.main_voltage);
  put_word(packet, codes.usb_voltage);
  put(packet, 0);
  put(packet, static_cast<std::uint8_t>(slot.kind) | k_main_gain);
}

void MonsoonUsbPackets::end_packet(std::vector<std::byte>& packet, std::size_t slots, bool corrupt) const {
  packet[3] = corrupt ? k_impossible_count : static_cast<std::byte>(slots);
  packet.resize(k_packet_size);
}

}  // namespace joulemark::emulator
