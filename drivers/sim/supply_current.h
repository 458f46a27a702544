// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/sim/decoupling.h>
#include <drivers/sim/kws_target.h>

#include <cstdint>
#include <deque>
#include <span>

namespace joulemark::sim {

// The mean supply current of each sample interval, from the closed form: what an ideal averaging converter
// whose aperture is the whole interval would see.
class SupplyCurrent {
 public:
  SupplyCurrent(KwsTarget target, double tau_s, double rate_hz);

  // Samples first, first + 1, ... (at least one); sample i averages [i / rate, (i + 1) / rate). first never
  // falls.
  void average(std::int64_t first, std::span<double> mean_a);

 private:
  void add(const Segment& segment, std::int64_t first, std::span<double> mean_a) const;
  [[nodiscard]] long double position(TimeNs time_ns) const;  // in samples

  KwsTarget target_;
  Decoupling decoupling_;
  double rate_hz_;
  std::deque<Segment> segments_;  // those that the next sample may still touch
};

}  // namespace joulemark::sim
