// SPDX-License-Identifier: Apache-2.0
// A supply of constant voltage behind a shunt: what is left for the target is that less I x R.
#include <drivers/ina219/chip/registers.h>
#include <drivers/ina219/chip/target_voltage.h>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace joulemark::ina219 {
namespace {

// What the chip's registers hold for a supply and a current through a shunt.
int shunt_steps_of(double current_a, double shunt_ohm) {
  return static_cast<int>(std::lround(current_a * shunt_ohm / k_shunt_step_v));
}
int bus_steps_of(double supply_v, double current_a, double shunt_ohm) {
  return static_cast<int>(std::lround((supply_v - current_a * shunt_ohm) / k_bus_step_v));
}

std::vector<double> told(std::span<const TargetVoltage::Sample> samples) {
  std::vector<double> volts;
  for (const TargetVoltage::Sample& sample : samples)
    volts.push_back(sample.steps * k_shunt_step_v);
  return volts;
}

TEST(TargetVoltage, BetweenReadingsTheTargetHasWhatTheShuntLeavesOfTheSupply) {
  for (const double shunt_ohm : {0.1, 1.0, 10.0}) {
    constexpr double k_supply_v = 3.3;
    TargetVoltage voltage;
    voltage.read(bus_steps_of(k_supply_v, 0, shunt_ohm));
    for (int i = 0; i < 1000; ++i) {
      const double current_a = 2e-3 * (i % 3);
      const auto samples = told(voltage.conversion({i, i, shunt_steps_of(current_a, shunt_ohm)}, false));
      ASSERT_EQ(samples.size(), 1u);
      // The reading's own step leaves half of 4 mV open, the same for all samples.
      ASSERT_NEAR(samples[0], k_supply_v - current_a * shunt_ohm, 2e-3 + 1e-9);
    }
  }
}

TEST(TargetVoltage, AReadingUnderLoadGivesTheSameSupplyAsOneAtRest) {
  TargetVoltage voltage;
  const int loaded = shunt_steps_of(14e-3, 1);
  static_cast<void>(voltage.conversion({0, 0, loaded}, false));
  voltage.read(bus_steps_of(3.302, 14e-3, 1));  // 822 steps and no rest
  EXPECT_NEAR(told(voltage.conversion({1, 1, loaded}, false)).back(), 3.302 - 14e-3, 1e-9);
  EXPECT_NEAR(told(voltage.conversion({2, 2, 0}, false)).front(), 3.302, 1e-9);
}

// The current changed while the bus voltage was measured: half of the change's drop is open.
TEST(TargetVoltage, AReadingBetweenTwoCurrentsTakesTheirMean) {
  TargetVoltage voltage;
  static_cast<void>(voltage.conversion({0, 0, 0}, false));
  voltage.read(825);
  static_cast<void>(voltage.conversion({1, 1, 1000}, false));
  EXPECT_NEAR(told(voltage.conversion({2, 2, 0}, false)).front(), 3.3 + 5e-3, 1e-9);
}

TEST(TargetVoltage, ConversionsBeforeTheFirstReadingGetTheirVoltageWithIt) {
  TargetVoltage voltage;
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(voltage.conversion({i, 10 * i, i}, false).empty());
  voltage.read(825);
  const auto samples = voltage.conversion({100, 1000, 100}, false);
  ASSERT_EQ(samples.size(), 101u);
  const int supply = 825 * 400 + (99 + 100) / 2;
  for (int i = 0; i <= 100; ++i) {
    const auto& sample = samples[static_cast<std::size_t>(i)];
    EXPECT_EQ(sample.index, i);
    EXPECT_EQ(sample.end_ns, 10 * i);
    EXPECT_EQ(sample.steps, supply - i);
  }
  EXPECT_EQ(voltage.conversion({101, 1010, 7}, false).size(), 1u);
}

// 114 mV drop, but the range ends at 40: the supply would come out 74 mV too low for a second.
TEST(TargetVoltage, AReadingBesideAClippedConversionIsNotBelieved) {
  TargetVoltage voltage;
  voltage.read(bus_steps_of(3.3, 0, 1));
  EXPECT_NEAR(told(voltage.conversion({0, 0, 0}, false)).front(), 3.3, 1e-9);
  static_cast<void>(voltage.conversion({1, 1, 4000}, true));
  voltage.read(bus_steps_of(3.3, 114e-3, 1));
  static_cast<void>(voltage.conversion({2, 2, 4000}, true));
  EXPECT_NEAR(told(voltage.conversion({3, 3, 0}, false)).front(), 3.3, 1e-9);
}

TEST(TargetVoltage, FollowsASupplyThatSinksFromReadingToReading) {
  TargetVoltage voltage;
  for (int second = 0; second < 10; ++second) {
    const double supply_v = 3.6 - 0.02 * second;
    voltage.read(bus_steps_of(supply_v, 0, 1));
    EXPECT_NEAR(told(voltage.conversion({second, second, 0}, false)).front(), supply_v, 1e-9);
  }
}

}  // namespace
}  // namespace joulemark::ina219
