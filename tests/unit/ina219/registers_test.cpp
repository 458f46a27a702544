// SPDX-License-Identifier: Apache-2.0
// Against SBOS448G: its reset values, its tables and its examples.
#include <drivers/ina219/chip/registers.h>

#include <gtest/gtest.h>

namespace joulemark::ina219 {
namespace {

TEST(Registers, HaveTheStepOfTheirRangeAndBits) {
  Configuration configuration;
  EXPECT_DOUBLE_EQ(shunt_step_v(configuration), 10e-6);
  configuration.range = ShuntRange::mv160;
  EXPECT_DOUBLE_EQ(shunt_step_v(configuration), 40e-6);
  configuration.shunt_adc = 0;  // 9 bits
  EXPECT_DOUBLE_EQ(shunt_step_v(configuration), 320e-6);
  configuration.shunt_adc = 9;  // the mean of two
  EXPECT_DOUBLE_EQ(shunt_step_v(configuration), 20e-6);
  configuration.shunt_adc = 15;
  EXPECT_DOUBLE_EQ(shunt_step_v(configuration), 10e-6);
}

TEST(Registers, TheResetConfigurationIsWhatTheDataSheetSays) {
  const Configuration reset = configuration_from(0x399F);
  EXPECT_DOUBLE_EQ(shunt_step_v(reset), 80e-6);  // 12 bits over 320 mV
  EXPECT_EQ(reset.bus_range, BusRange::v32);
  EXPECT_EQ(reset.range, ShuntRange::mv320);
  EXPECT_EQ(reset.bus_adc, 3);
  EXPECT_EQ(reset.shunt_adc, 3);
  EXPECT_EQ(reset.mode, Mode::both);
  EXPECT_EQ(reset.code(), 0x399F);
}

TEST(Registers, EveryConfigurationComesBack) {
  for (unsigned code = 0; code < 0x4000; ++code) {
    const auto given = static_cast<std::uint16_t>(code & 0x3FFF);
    EXPECT_EQ(configuration_from(given).code(), given);
  }
}

TEST(Registers, VoltagesAreReadWithTheirSignAndScale) {
  EXPECT_EQ(shunt_steps_from(0x0FA0), 4000);    // +40 mV, table 3 of the data sheet
  EXPECT_EQ(shunt_steps_from(0x8300), -32000);  // -320 mV
  EXPECT_EQ(shunt_steps_from(0xFFFF), -1);
  const BusVoltage bus = bus_voltage_from(0x1F40 << 3 | 2);
  EXPECT_DOUBLE_EQ(bus.steps * k_bus_step_v, 32.0);
  EXPECT_TRUE(bus.ready);
  EXPECT_FALSE(bus.overflow);
}

TEST(Registers, TheCalibrationIsThatOfTheCommonPresets) {
  EXPECT_EQ(calibration_for(3.2768, 0.1), 4096);    // 100 uA a step
  EXPECT_EQ(calibration_for(1.31072, 0.1), 10240);  // 40 uA
  EXPECT_EQ(calibration_for(1.6384, 0.1), 8192);    // 50 uA
  EXPECT_EQ(calibration_for(0.001, 0.1), 0xFFFE);   // would not fit
  EXPECT_EQ(calibration_for(0.4, 0.1) & 1, 0);
}

TEST(Registers, TheSmallestRangeThatHoldsTheVoltageIsChosen) {
  EXPECT_EQ(range_for(0.4 * 0.1), ShuntRange::mv40);
  EXPECT_EQ(range_for(0.41 * 0.1), ShuntRange::mv80);
  EXPECT_EQ(range_for(0.16), ShuntRange::mv160);
  EXPECT_EQ(range_for(3.2 * 0.1), ShuntRange::mv320);
  EXPECT_EQ(range_for(0.33), std::nullopt);
}

TEST(Registers, WhatAnIna219NeverHoldsIsFoundOut) {
  EXPECT_TRUE(is_plausible(0x399F, 0x2EE2, 0x1000));
  EXPECT_FALSE(is_plausible(0xFFFF, 0xFFFF, 0xFFFF));  // a bus that floats high
  EXPECT_FALSE(is_plausible(0x399F, 0x2EE6, 0x1000));
  EXPECT_FALSE(is_plausible(0x399F, 0x2EE2, 0x1001));
  EXPECT_FALSE(is_plausible(0x4127, 0x2EE2, 0x1000));  // an INA226
}

}  // namespace
}  // namespace joulemark::ina219
