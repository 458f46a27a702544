// SPDX-License-Identifier: Apache-2.0
// Packets of a unit whose clock is known exactly, and when they reach a host that is not always punctual.
#pragma once

#include <drivers/monsoon/arrival_clock.h>

#include <algorithm>
#include <functional>
#include <random>

namespace joulemark::monsoon::test {

struct Arrivals {
  double drift_ppm = 0;  // > 0: the unit runs fast
  double seconds = 20;
  std::int64_t slots_each = 3;  // of a packet
  double usual_delay_s = 5e-4;  // mean of an exponential distribution
  std::function<double(double due_s)> host_is_free_s = [](double due_s) {
    return due_s;
  };                           // by when, if not then
  double handling_s = 100e-6;  // of one packet after another, once the host is free

  void feed(ArrivalClock& clock, unsigned seed) const {
    std::mt19937 random(seed);
    std::exponential_distribution<double> delay(1 / usual_delay_s);
    double last_s = 0;
    const auto slots = static_cast<std::int64_t>(seconds * 5000);
    for (std::int64_t slot = slots_each; slot <= slots; slot += slots_each) {
      const double due_s = static_cast<double>(slot) / 5000 / (1 + drift_ppm * 1e-6);
      const double free_s = host_is_free_s(due_s);
      const double taken_s = free_s > due_s ? std::max(free_s, last_s + handling_s) : due_s + delay(random);
      last_s = std::max(taken_s, last_s + 1e-6);
      clock.observe(slot, k_begin_ns + from_seconds(last_s));
    }
  }

  static constexpr TimeNs k_begin_ns = 12'345'678'901'234;
};

}  // namespace joulemark::monsoon::test
