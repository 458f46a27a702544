// SPDX-License-Identifier: Apache-2.0
// The threads that wait on devices, and what they hand over. They do nothing else: no allocation, no I/O but
// the device's own.
#pragma once

#include <drivers/instrument/ring.h>
#include <drivers/transport/gpio/edge_source.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>

namespace joulemark::ina219 {

// Runs a function over and over on a thread of its own until it says that it is done, or until destruction,
// which waits for it. The function returns within 100 ms.
class Acquisition {
 public:
  // True: once more.
  explicit Acquisition(std::function<bool()> turn)
      : thread_([this, turn = std::move(turn)](const std::stop_token& stop) {
          while (!stop.stop_requested() && turn()) {
          }
          done_ = true;
          over_.release();
        }) {}

  [[nodiscard]] bool done() const { return done_; }
  // Until it is done, or that long.
  void wait(std::chrono::milliseconds longest) {
    if (over_.try_acquire_for(longest)) over_.release();
  }

 private:
  std::atomic<bool> done_ = false;
  std::binary_semaphore over_{0};
  std::jthread thread_;  // last: the others outlive it
};

struct TakenEdge {
  gpio::RawEdge edge;
  std::int64_t lost = 0;  // before it and after the one before: those did not fit into the ring
};

// Reads edges into a ring; none when there are no marker lines.
class EdgeAcquisition {
 public:
  // source may be null.
  explicit EdgeAcquisition(gpio::EdgeSource* source);

  // As the lines were when it began (gpio::EdgeSource::start).
  [[nodiscard]] const std::vector<std::optional<bool>>& levels() const { return levels_; }
  [[nodiscard]] std::size_t pop(std::span<TakenEdge> into) { return ring_.pop(into); }
  // errno when the lines have gone.
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] std::int64_t dropped() const { return ring_.dropped(); }  // in all

 private:
  [[nodiscard]] bool turn(gpio::EdgeSource& source);

  std::vector<std::optional<bool>> levels_;
  Ring<TakenEdge> ring_;
  std::int64_t lost_ = 0;  // since the last that fitted
  std::atomic<int> error_ = 0;
  std::unique_ptr<Acquisition> thread_;  // last
};

}  // namespace joulemark::ina219
