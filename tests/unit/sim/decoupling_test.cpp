// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/decoupling.h>
#include <drivers/sim/supply_current.h>

#include <gtest/gtest.h>

#include <vector>

namespace joulemark::sim {
namespace {

// tau y' = u - y by the classical Runge-Kutta method in steps of tau / 100, and its integral by Simpson's
// rule.
struct Numeric {
  double current_a = k_sleep_current_a;
  double charge_c = 0;

  void run(const Phase& phase, double tau_s) {
    const double length_s = phase.time.seconds();
    const int steps = static_cast<int>(length_s / tau_s * 100) + 1;
    const double h = length_s / steps;
    for (int i = 0; i < steps; ++i) {
      const auto load = [&](double s) {
        return phase.begin_a + (phase.end_a - phase.begin_a) * s / length_s;
      };
      const auto slope = [&](double s, double y) { return (load(s) - y) / tau_s; };
      const double s = i * h;
      const double k1 = slope(s, current_a);
      const double k2 = slope(s + h / 2, current_a + h / 2 * k1);
      const double k3 = slope(s + h / 2, current_a + h / 2 * k2);
      const double k4 = slope(s + h, current_a + h * k3);
      const double middle = current_a + h / 2 * (k1 + 2 * k2 + 2 * k3 + k4) / 6;
      const double next = current_a + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6;
      charge_c += h * (current_a + 4 * middle + next) / 6;
      current_a = next;
    }
  }
};

TEST(Decoupling, SolvesItsDifferentialEquation) {
  constexpr double k_tau_s = 200e-6;
  KwsTarget target({3, 50, 0});
  Decoupling decoupling(k_tau_s);
  Numeric numeric;
  double charge_c = 0;
  for (int i = 0; i < 30; ++i) {
    const Phase phase = target.next();
    const Segment segment = decoupling.respond(phase);
    numeric.run(phase, k_tau_s);
    charge_c += segment.charge_c(0, phase.time.seconds());
    EXPECT_NEAR(segment.current_a(phase.time.seconds()), numeric.current_a, 1e-9 * 30e-3);
    EXPECT_NEAR(charge_c / numeric.charge_c, 1, 1e-5);
  }
}

TEST(Decoupling, DelaysChargeButLosesNone) {
  Decoupling decoupling(1e-3);
  const Phase burst{{0, 5'000'000}, 20e-3, 20e-3, Activity::inference};
  const Phase sleep{{5'000'000, 1'000'000'000}, k_sleep_current_a, k_sleep_current_a, Activity::sleep};
  const double during_c = decoupling.respond(burst).charge_c(0, 5e-3);
  const double after_c = decoupling.respond(sleep).charge_c(0, 0.995);
  EXPECT_LT(during_c, 20e-3 * 5e-3 * 0.9);
  EXPECT_NEAR(during_c + after_c, 20e-3 * 5e-3 + k_sleep_current_a * 0.995, 1e-15);
}

TEST(Decoupling, WithoutCapacitorsIsTheLoadItself) {
  Decoupling decoupling(0);
  const Segment segment = decoupling.respond({{0, 1'000'000}, 5e-3, 8e-3, Activity::frontend});
  EXPECT_DOUBLE_EQ(segment.current_a(0), 5e-3);
  EXPECT_DOUBLE_EQ(segment.charge_c(0, 1e-3), 6.5e-6);
}

TEST(SupplyCurrent, AddsUpToTheChargeOfItsSegmentsAtAnyRate) {
  const KwsTarget target({11, 20, 0});
  for (const double rate_hz : {1e3, 7777.7, 100e3}) {
    SupplyCurrent current(target, 50e-6, rate_hz);
    std::vector<double> mean_a(static_cast<std::size_t>(2 * rate_hz));
    current.average(0, mean_a);
    double charge_c = 0;
    for (const double mean : mean_a)
      charge_c += mean / rate_hz;

    KwsTarget again = target;
    Decoupling decoupling(50e-6);
    double expected_c = 0;
    const TimeNs end_ns = from_seconds(static_cast<double>(mean_a.size()) / rate_hz);
    for (Phase phase = again.next(); phase.time.begin_ns < end_ns; phase = again.next())
      expected_c += decoupling.respond(phase).charge_before_c(end_ns);
    EXPECT_NEAR(charge_c / expected_c, 1, 1e-10) << rate_hz;
  }
}

TEST(SupplyCurrent, KeepsItsDigitsAfterAWeek) {
  const KwsTarget target({1, 0.01, 0});
  SupplyCurrent early(target, 20e-6, 2e6);
  SupplyCurrent late(target, 20e-6, 2e6);
  std::vector<double> mean_a(1000);
  late.average(std::int64_t{7} * 86400 * 2'000'000, mean_a);
  for (const double mean : mean_a)
    ASSERT_NEAR(mean / k_sleep_current_a, 1, 6e-8);  // what float32 holds
}

}  // namespace
}  // namespace joulemark::sim
