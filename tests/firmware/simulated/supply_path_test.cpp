// SPDX-License-Identifier: GPL-3.0-or-later
// The closed form of the supply path, against small steps through its differential equation.
#include <drivers/emulator/twin/supply_path.h>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace joulemark::twin {
namespace {

// tau di/dt = load - i, by the midpoint rule.
class Steps {
 public:
  Steps(const SupplySettings& settings, double load_a) : settings_(settings), shunt_a_(load_a) {}

  void pass(TimeNs length_ns, double load_a) {
    const double h = 1e-9 * 20;
    for (TimeNs at = 0; at < length_ns; at += 20) {
      const double half = shunt_a_ + h / 2 * (load_a - shunt_a_) / settings_.tau_s;
      const double volts = settings_.supply_v - settings_.shunt_ohm * half;
      total.shunt_c += h * half;
      total.target_j += h * volts * load_a;
      total.shunt_j += h * volts * half;
      shunt_a_ += h * (load_a - half) / settings_.tau_s;
    }
  }

  Delivered total;

 private:
  SupplySettings settings_;
  double shunt_a_;
};

TEST(SupplyPath, SolvesItsDifferentialEquation) {
  const SupplySettings settings{3.3, 2, 30e-6};
  SupplyPath path(settings, 1e-3);
  Steps steps(settings, 1e-3);
  std::mt19937 random(3);
  TimeNs now = 0;
  double load = 1e-3;
  for (int i = 0; i < 60; ++i) {
    const TimeNs length = 20 * static_cast<TimeNs>(100 + random() % 5000);
    steps.pass(length, load);
    now += length;
    const Delivered exact = path.delivered(now);
    EXPECT_NEAR(exact.shunt_c, steps.total.shunt_c, 1e-6 * steps.total.shunt_c);
    EXPECT_NEAR(exact.target_j, steps.total.target_j, 1e-6 * steps.total.target_j);
    EXPECT_NEAR(exact.shunt_j, steps.total.shunt_j, 1e-6 * steps.total.shunt_j);
    load = 1e-6 * static_cast<double>(random() % 20000);
    path.set_load(now, load);
  }
}

TEST(SupplyPath, WhatTheTargetUsesPassesTheShuntInTheEnd) {
  SupplyPath path({3.3, 1, 20e-6}, 1e-4);
  path.set_load(1'000'000, 20e-3);
  path.set_load(3'000'000, 1e-4);
  const Delivered all = path.delivered(10'000'000);
  EXPECT_NEAR(all.shunt_c, 1e-4 * 8e-3 + 20e-3 * 2e-3, 1e-15);
  EXPECT_NEAR(all.shunt_j, all.target_j, 1e-12 * all.target_j);
}

TEST(SupplyPath, WithoutACapacitorTheShuntSeesTheLoad) {
  SupplyPath path({3.3, 1, 0}, 0);
  path.set_load(1'000'000, 10e-3);
  EXPECT_DOUBLE_EQ(path.mean_current_a({500'000, 1'500'000}), 5e-3);
  EXPECT_DOUBLE_EQ(path.mean_voltage_v({1'000'000, 2'000'000}), 3.29);
}

TEST(SupplyPath, ForgettingChangesNothingThatIsLater) {
  SupplyPath path({3.3, 1, 20e-6}, 1e-3);
  for (TimeNs at = 1'000; at < 100'000; at += 1'000)
    path.set_load(at, at % 2'000 == 0 ? 1e-3 : 5e-3);
  const double before = path.mean_current_a({50'500, 90'300});
  path.forget_before(50'500);
  EXPECT_EQ(path.mean_current_a({50'500, 90'300}), before);
}

}  // namespace
}  // namespace joulemark::twin
