// SPDX-License-Identifier: Apache-2.0
// The unit's own queue: observations go in one per slot, 64-byte packets come out, what does not fit is
// dropped and counted.
#pragma once

#include <drivers/emulator/monsoon_front_end.h>
#include <drivers/transport/usbip/usb_device.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace joulemark::emulator {

// Packets are made up as their observations come: three to a packet, fewer only before a loss and at the end
// of sampling, so that the dropped count of a packet holds for its first observation.
class MonsoonQueue {
 public:
  static constexpr std::size_t k_observations = 3;  // in a full packet
  static constexpr std::size_t k_unit_slots = 16;   // 3.2 ms: what the real unit holds
  static constexpr std::size_t k_default_slots = 256;

  explicit MonsoonQueue(std::size_t capacity_slots) : capacity_(capacity_slots) {}

  // Empty, with the count of dropped observations at a value.
  void clear(std::uint16_t dropped);

  // flags: the upper bits of the flags byte. unreliable_count: this packet's dropped count reads 65535.
  void push(const MonsoonFrontEnd::Observation& observation, std::uint8_t flags, bool unreliable_count);
  void drop();                            // one observation, whatever the room
  void corrupt_next();                    // the packet that the next observation goes into
  void lose_packets(std::int64_t count);  // the next ones take a sequence number and are gone
  void close();                           // what there is becomes a packet

  [[nodiscard]] std::optional<usbip::UsbDevice::Packet> pop();
  // Observations that are still missing to a packet; 0: there is one.
  [[nodiscard]] std::size_t missing() const;

  [[nodiscard]] std::size_t held() const { return held_; }         // observations that wait to be fetched
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }  // in all, since clear
  // What a unit that holds k_unit_slots, or k_default_slots, would have dropped of the same, read at the same
  // times.
  [[nodiscard]] std::int64_t dropped_of_unit() const { return of_unit_.dropped; }
  [[nodiscard]] std::int64_t dropped_of_default() const { return of_default_.dropped; }

 private:
  struct Entry {
    usbip::UsbDevice::Packet bytes{};
    std::size_t observations = 0;
    bool closed = false;
    bool corrupt = false;
    bool lost = false;
  };

  // A queue that only counts.
  struct Shadow {
    std::size_t capacity = 0;
    std::size_t held = 0;
    std::int64_t dropped = 0;
    void push() { held < capacity ? static_cast<void>(++held) : static_cast<void>(++dropped); }
    void pop(std::size_t observations) { held -= std::min(held, observations); }
  };

  [[nodiscard]] Entry& open(std::uint8_t flags, bool unreliable_count);

  std::size_t capacity_;
  std::deque<Entry> entries_;  // all but the last are closed
  std::size_t held_ = 0;       // observations in them
  Shadow of_unit_{k_unit_slots};
  Shadow of_default_{k_default_slots};
  std::int64_t dropped_ = 0;
  std::uint16_t counted_from_ = 0;
  std::uint8_t sequence_ = 0;
  bool corrupt_next_ = false;
  std::int64_t lose_next_ = 0;
};

}  // namespace joulemark::emulator
