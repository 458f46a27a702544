// SPDX-License-Identifier: Apache-2.0
// What the decoupling capacitors leave of the load current on the supply side, where the instrument sits.
#pragma once

#include <analysis/model/time.h>

#include <drivers/sim/kws_target.h>

namespace joulemark::sim {

// Supply current over one phase: level + slope s + transient exp(-s / tau), s from time.begin. The solution
// of tau y' = u - y for a load u = a + b s: level = a - b tau, slope = b, transient = y(0) - level.
struct Segment {
  TimeRange time;
  double level_a = 0;
  double slope_a_per_s = 0;
  double transient_a = 0;
  double tau_s = 0;  // 0: no decoupling, no transient
  Activity activity = Activity::sleep;

  [[nodiscard]] double current_a(double s) const;
  // Exact integral from from_s to to_s after time.begin, in coulombs.
  [[nodiscard]] double charge_c(double from_s, double to_s) const;
  // The same over its part before end_ns.
  [[nodiscard]] double charge_before_c(TimeNs end_ns) const;
};

// Carries the supply current from one phase to the next; starts at rest in sleep.
class Decoupling {
 public:
  explicit Decoupling(double tau_s) : tau_s_(tau_s) {}

  [[nodiscard]] Segment respond(const Phase& phase);  // phases in their order

 private:
  double tau_s_;
  double current_a_ = k_sleep_current_a;
};

}  // namespace joulemark::sim
