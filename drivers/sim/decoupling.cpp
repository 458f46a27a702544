// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/decoupling.h>

#include <algorithm>
#include <cmath>

namespace joulemark::sim {
namespace {

constexpr double k_settled = 45;  // time constants; exp(-45) is 3e-20, below what a double adds to its level

}  // namespace

double Segment::current_a(double s) const {
  const double transient = tau_s > 0 ? transient_a * std::exp(-s / tau_s) : 0;
  return level_a + slope_a_per_s * s + transient;
}

double Segment::charge_c(double from_s, double to_s) const {
  const double length_s = to_s - from_s;
  const double straight_c = length_s * (level_a + slope_a_per_s * (from_s + to_s) / 2);
  if (from_s >= k_settled * tau_s) return straight_c;
  return straight_c - transient_a * tau_s * std::exp(-from_s / tau_s) * std::expm1(-length_s / tau_s);
}

double Segment::charge_before_c(TimeNs end_ns) const {
  const TimeRange part = intersect(time, {time.begin_ns, end_ns});
  return part.empty() ? 0 : charge_c(0, part.seconds());
}

Segment Decoupling::respond(const Phase& phase) {
  const double length_s = phase.time.seconds();
  const double slope = (phase.end_a - phase.begin_a) / length_s;
  const double level_a = phase.begin_a - slope * tau_s_;
  const Segment segment{phase.time, level_a, slope, current_a_ - level_a, tau_s_, phase.activity};
  current_a_ = segment.current_a(length_s);
  return segment;
}

}  // namespace joulemark::sim
