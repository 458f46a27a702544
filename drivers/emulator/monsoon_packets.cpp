// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_packets.h>

#include <utility>

namespace joulemark::emulator {

void MonsoonPackets::clear() {
  entries_.clear();
  of_unit_ = {k_unit_slots};
  of_default_ = {k_default_slots};
  held_ = 0;
  dropped_ = lose_next_ = 0;
  sequence_ = 0;
  corrupt_next_ = false;
}

void MonsoonPackets::push(const MonsoonSlot& slot) {
  of_unit_.push();
  of_default_.push();
  if (has_open() && !joins(entries_.back().last, slot)) close();
  if (held_ >= capacity_ && drops_slots()) return drop();
  Entry& entry = has_open() ? entries_.back() : open(slot);
  add_slot(entry.bytes, slot);
  entry.last = slot;
  ++held_;
  if (++entry.slots == most_slots()) close();
}

MonsoonPackets::Entry& MonsoonPackets::open(const MonsoonSlot& slot) {
  Entry& entry = entries_.emplace_back();
  entry.bytes = begin_packet(slot, sequence_);
  sequence_ = (sequence_ + 1) & 0x0F;
  entry.corrupt = std::exchange(corrupt_next_, false);
  entry.dropped = held_ >= capacity_;
  entry.lost = entry.dropped || lose_next_ > 0;
  if (lose_next_ > 0) --lose_next_;
  return entry;
}

void MonsoonPackets::drop() {
  close();
  ++dropped_;
}

void MonsoonPackets::corrupt_next() {
  close();
  corrupt_next_ = true;
}

void MonsoonPackets::lose_packets(std::int64_t count) {
  close();
  lose_next_ += count;
}

void MonsoonPackets::close() {
  if (!has_open()) return;
  Entry& entry = entries_.back();
  entry.closed = true;
  end_packet(entry.bytes, entry.slots, entry.corrupt);
  if (!entry.lost) return;
  held_ -= entry.slots;
  if (entry.dropped) dropped_ += static_cast<std::int64_t>(entry.slots);
  entries_.pop_back();
}

void MonsoonPackets::shorten(std::size_t most_slots) {
  while (held_ > most_slots) {
    held_ -= entries_.back().slots;
    entries_.pop_back();
  }
}

std::optional<std::vector<std::byte>> MonsoonPackets::pop() {
  if (missing() > 0) return std::nullopt;
  Entry entry = std::move(entries_.front());
  entries_.pop_front();
  held_ -= entry.slots;
  of_unit_.pop(entry.slots);
  of_default_.pop(entry.slots);
  return std::move(entry.bytes);
}

std::size_t MonsoonPackets::missing() const {
  if (entries_.empty()) return most_slots();
  return entries_.front().closed ? 0 : most_slots() - entries_.front().slots;
}

}  // namespace joulemark::emulator
