// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_queue.h>

#include <algorithm>
#include <utility>

namespace joulemark::emulator {
namespace {

constexpr std::size_t k_header_size = 4;
constexpr std::byte k_impossible_count{0xE5};

}  // namespace

void MonsoonQueue::clear(std::uint16_t dropped) {
  *this = MonsoonQueue(capacity_);
  counted_from_ = dropped;
}

void MonsoonQueue::push(const MonsoonFrontEnd::Observation& observation, std::uint8_t flags,
                        bool unreliable_count) {
  of_unit_.push();
  of_default_.push();
  if (held_ >= capacity_) return drop();
  Entry& entry = open(flags, unreliable_count);
  std::ranges::copy(observation,
                    entry.bytes.begin() + k_header_size + entry.observations * observation.size());
  ++held_;
  if (++entry.observations == k_observations) close();
}

MonsoonQueue::Entry& MonsoonQueue::open(std::uint8_t flags, bool unreliable_count) {
  if (!entries_.empty() && !entries_.back().closed) return entries_.back();
  Entry& entry = entries_.emplace_back();
  const std::int64_t dropped = unreliable_count ? 0xFFFF : counted_from_ + dropped_;
  entry.bytes[0] = static_cast<std::byte>(dropped & 0xFF);
  entry.bytes[1] = static_cast<std::byte>((dropped >> 8) & 0xFF);
  entry.bytes[2] = static_cast<std::byte>(flags | sequence_);
  sequence_ = (sequence_ + 1) & 0x0F;
  entry.corrupt = std::exchange(corrupt_next_, false);
  entry.lost = lose_next_ > 0;
  if (entry.lost) --lose_next_;
  return entry;
}

void MonsoonQueue::drop() {
  ++dropped_;
  close();
}

void MonsoonQueue::corrupt_next() {
  close();
  corrupt_next_ = true;
}

void MonsoonQueue::lose_packets(std::int64_t count) {
  close();
  lose_next_ += count;
}

void MonsoonQueue::close() {
  if (entries_.empty() || entries_.back().closed) return;
  Entry& entry = entries_.back();
  entry.closed = true;
  entry.bytes[3] = entry.corrupt ? k_impossible_count : static_cast<std::byte>(entry.observations);
  if (!entry.lost) return;
  held_ -= entry.observations;
  entries_.pop_back();
}

std::optional<usbip::UsbDevice::Packet> MonsoonQueue::pop() {
  if (missing() > 0) return std::nullopt;
  const Entry entry = entries_.front();
  entries_.pop_front();
  held_ -= entry.observations;
  of_unit_.pop(entry.observations);
  of_default_.pop(entry.observations);
  return entry.bytes;
}

std::size_t MonsoonQueue::missing() const {
  if (entries_.empty()) return k_observations;
  return entries_.front().closed ? 0 : k_observations - entries_.front().observations;
}

}  // namespace joulemark::emulator
