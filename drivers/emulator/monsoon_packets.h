// SPDX-License-Identifier: Apache-2.0
// The unit's own queue: slots go in, packets come out, what does not fit is dropped.
#pragma once

#include <drivers/emulator/monsoon_front_end.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace joulemark::emulator {

// Packets are made up as their slots come: full ones, shorter only before a loss and at the end of sampling.
// What a packet looks like is up to the model.
class MonsoonPackets {
 public:
  static constexpr std::size_t k_unit_slots = 16;  // 3.2 ms: what the real unit holds
  static constexpr std::size_t k_default_slots = 256;

  explicit MonsoonPackets(std::size_t capacity_slots) : capacity_(capacity_slots) {}
  MonsoonPackets(const MonsoonPackets&) = delete;
  MonsoonPackets& operator=(const MonsoonPackets&) = delete;
  virtual ~MonsoonPackets() = default;

  void clear();
  void push(const MonsoonSlot& slot);
  void drop();                            // one slot, whatever the room
  void corrupt_next();                    // the packet that the next slot goes into
  void lose_packets(std::int64_t count);  // the next ones take a sequence number and are gone
  void close();                           // what there is becomes a packet
  void shorten(std::size_t most_slots);   // when all are closed: forgets the newest beyond so many

  [[nodiscard]] std::optional<std::vector<std::byte>> pop();
  // Slots that are still missing to a packet, at most; 0: there is one.
  [[nodiscard]] std::size_t missing() const;

  [[nodiscard]] std::size_t held() const { return held_; }         // slots that wait to be fetched
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }  // in all, since clear
  // What a unit that holds k_unit_slots, or k_default_slots, would have dropped of the same, read at the same
  // times.
  [[nodiscard]] std::int64_t dropped_of_unit() const { return of_unit_.dropped; }
  [[nodiscard]] std::int64_t dropped_of_default() const { return of_default_.dropped; }

 protected:
  [[nodiscard]] virtual std::size_t most_slots() const = 0;  // in a packet
  // Whether the slot may be in one packet with the one before it.
  [[nodiscard]] virtual bool joins(const MonsoonSlot& before, const MonsoonSlot& slot) const = 0;
  // True: what does not fit is dropped slot by slot and the packet cut short there. False: packet by packet.
  [[nodiscard]] virtual bool drops_slots() const = 0;

  [[nodiscard]] virtual std::vector<std::byte> begin_packet(const MonsoonSlot& first, int sequence) const = 0;
  virtual void add_slot(std::vector<std::byte>& packet, const MonsoonSlot& slot) const = 0;
  virtual void end_packet(std::vector<std::byte>& packet, std::size_t slots, bool corrupt) const = 0;

 private:
  struct Entry {
    std::vector<std::byte> bytes;
    MonsoonSlot last{};
    std::size_t slots = 0;
    bool closed = false;
    bool corrupt = false;
    bool lost = false;
    bool dropped = false;  // lost for want of room
  };

  // A queue that only counts.
  struct Shadow {
    std::size_t capacity = 0;
    std::size_t held = 0;
    std::int64_t dropped = 0;
    void push() { held < capacity ? static_cast<void>(++held) : static_cast<void>(++dropped); }
    void pop(std::size_t slots) { held -= std::min(held, slots); }
  };

  [[nodiscard]] bool has_open() const { return !entries_.empty() && !entries_.back().closed; }
  [[nodiscard]] Entry& open(const MonsoonSlot& slot);

  std::size_t capacity_;
  std::deque<Entry> entries_;  // all but the last are closed
  std::size_t held_ = 0;
  Shadow of_unit_{k_unit_slots};
  Shadow of_default_{k_default_slots};
  std::int64_t dropped_ = 0;
  int sequence_ = 0;
  bool corrupt_next_ = false;
  std::int64_t lose_next_ = 0;
};

}  // namespace joulemark::emulator
