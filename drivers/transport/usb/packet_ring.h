// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/transport/usb/device.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>
#include <vector>

namespace joulemark::usb {

// Hand-over from the thread that completes transfers to the one that decodes: fixed slots, one writer, one
// reader, no locks, no allocation after construction. When it is full the newest packet is dropped and
// counted on the next one that fits.
class PacketRing {
 public:
  // capacity: a power of two.
  explicit PacketRing(std::size_t capacity) : slots_(capacity), mask_(capacity - 1) {}

  // Writer. At most k_packet_bytes are kept.
  void push(std::span<const std::byte> bytes, TimeNs arrival_ns) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == slots_.size()) {
      ++missed_;
      return;
    }
    Packet& packet = slots_[head & mask_];
    packet.size = std::min(bytes.size(), k_packet_bytes);
    std::memcpy(packet.bytes.data(), bytes.data(), packet.size);
    packet.arrival_ns = arrival_ns;
    packet.missed = std::exchange(missed_, 0);
    head_.store(head + 1, std::memory_order_release);
  }

  // Reader. How many were there, up to into.size().
  std::size_t pop(std::span<Packet> into) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(head_.load(std::memory_order_acquire) - tail, into.size());
    for (std::size_t i = 0; i < count; ++i)
      into[i] = slots_[(tail + i) & mask_];
    tail_.store(tail + count, std::memory_order_release);
    return count;
  }

 private:
  std::vector<Packet> slots_;
  std::size_t mask_;
  std::int64_t missed_ = 0;  // the writer's
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
};

}  // namespace joulemark::usb
