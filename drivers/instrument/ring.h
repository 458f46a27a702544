// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace joulemark {

// Hand-over from an acquisition thread to the one that decodes: fixed slots, one writer, one reader, no
// locks, no allocation after construction. When it is full the newest item is dropped and counted.
template <typename Item>
class Ring {
  static_assert(std::is_trivially_copyable_v<Item>);

 public:
  // capacity: a power of two.
  explicit Ring(std::size_t capacity) : slots_(capacity), mask_(capacity - 1) {}

  // Writer. False: dropped.
  bool push(const Item& item) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == slots_.size()) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return false;
    }
    slots_[head & mask_] = item;
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  // Reader. How many were there, up to into.size().
  std::size_t pop(std::span<Item> into) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(head_.load(std::memory_order_acquire) - tail, into.size());
    for (std::size_t i = 0; i < count; ++i)
      into[i] = slots_[(tail + i) & mask_];
    tail_.store(tail + count, std::memory_order_release);
    return count;
  }

  // Either. In all, since construction.
  [[nodiscard]] std::int64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::vector<Item> slots_;
  std::size_t mask_;
  alignas(64) std::atomic<std::size_t> head_{0};
  std::atomic<std::int64_t> dropped_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
};

}  // namespace joulemark
