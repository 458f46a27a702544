// SPDX-License-Identifier: Apache-2.0
// The model against SBOS448G.
#include <drivers/emulator/ina219_model.h>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace joulemark::emulator {
namespace {

class Load final : public Ina219Load {
 public:
  double mean_current_a(TimeRange window) override {
    windows.push_back(window);
    return current_a(to_seconds(window.begin_ns + window.length_ns() / 2));
  }
  double mean_voltage_v(TimeRange) override { return voltage_v; }

  std::function<double(double)> current_a = [](double) { return 0.1; };
  double voltage_v = 12;
  std::vector<TimeRange> windows;
};

bool ready(Ina219Model& model, TimeNs now_ns) {
  return (model.read(now_ns, 2) & 2) != 0;
}

TEST(Ina219Model, PowersUpAsTheDataSheetSays) {
  Load load;
  Ina219Model model({}, load);
  EXPECT_EQ(model.read(0, 0), 0x399F);
  EXPECT_EQ(model.read(0, 5), 0);
  EXPECT_EQ(model.read(2'000'000, 1), 1000);  // 10 mV
  EXPECT_EQ(model.read(2'000'000, 2) >> 3, 3000);
  EXPECT_EQ(model.read(2'000'000, 4), 0);  // no calibration
}

TEST(Ina219Model, ItsExampleComesOutAsPrinted) {
  // 8.5.1 of the data sheet: 10 A through 2 mohm at 11.98 V (12 V - 20 mV), calibration 0x5000, 1 mA and 20
  // mW a step.
  Load load;
  load.current_a = [](double) { return 10; };
  load.voltage_v = 11.98;
  Ina219Model model({.shunt_ohm = 2e-3}, load);
  model.write(0, 0, 0x019F);
  model.write(0, 5, 0x5000);
  EXPECT_EQ(model.read(2'000'000, 1), 0x07D0);
  EXPECT_EQ(model.read(2'000'000, 2) & 0xFFF8, 0x5D98);
  EXPECT_EQ(model.read(2'000'000, 4), 0x2710);
  EXPECT_EQ(model.read(2'000'000, 3), 0x1766);
}

TEST(Ina219Model, ConversionReadyIsClearedByThePowerRegisterAndByAMode) {
  Load load;
  Ina219Model model({}, load);
  model.write(0, 0, 0x399D);  // shunt, continuously
  EXPECT_FALSE(ready(model, 531'000));
  EXPECT_TRUE(ready(model, 533'000));
  EXPECT_TRUE(ready(model, 534'000));
  static_cast<void>(model.read(535'000, 1));
  EXPECT_TRUE(ready(model, 536'000));
  static_cast<void>(model.read(537'000, 3));
  EXPECT_FALSE(ready(model, 538'000));
  EXPECT_TRUE(ready(model, 1'065'000));
  model.write(1'066'000, 0, 0x399D);
  EXPECT_FALSE(ready(model, 1'067'000));
  EXPECT_FALSE(ready(model, 1'597'000));  // it started anew
  EXPECT_TRUE(ready(model, 1'599'000));
}

TEST(Ina219Model, InModeBothTheTwoConversionsTakeTurns) {
  Load load;
  std::vector<Ina219Conversion> told;
  Ina219Model model({.slowness = 1.1}, load, [&](const Ina219Conversion& done) { told.push_back(done); });
  model.write(0, 0, 0x399F);
  EXPECT_FALSE(ready(model, 1'170'000));
  EXPECT_TRUE(ready(model, 1'171'000));
  ASSERT_EQ(told.size(), 2u);
  EXPECT_TRUE(told[0].shunt);
  EXPECT_EQ(told[0].time, (TimeRange{0, 585'200}));
  EXPECT_FALSE(told[1].shunt);
  EXPECT_EQ(told[1].time, (TimeRange{585'200, 1'170'400}));
}

TEST(Ina219Model, ATriggeredConversionHappensOnce) {
  Load load;
  Ina219Model model({}, load);
  model.write(0, 0, 0x399A);  // bus, triggered
  EXPECT_TRUE(ready(model, 600'000));
  static_cast<void>(model.read(600'000, 3));
  EXPECT_FALSE(ready(model, 10'000'000));
  EXPECT_TRUE(load.windows.empty());
}

TEST(Ina219Model, AveragingCoversItsWholeTime) {
  Load load;
  load.current_a = [](double s) { return 0.1 * s / 68.1e-3; };
  Ina219Model model({}, load);
  model.write(0, 0, 0x1FFD);  // 128 samples, 320 mV, shunt
  EXPECT_TRUE(ready(model, 68'100'000));
  EXPECT_EQ(load.windows.back(), (TimeRange{0, 68'100'000}));
  EXPECT_EQ(model.read(68'100'000, 1), 500);  // half of 10 mV
}

TEST(Ina219Model, StepsAndEndsOfTheRangesAreThoseOfItsConverter) {
  Load load;
  load.current_a = [](double) { return 0.01234; };  // 1.234 mV
  Ina219Model model({}, load);
  model.write(0, 0, 0x019D);  // 40 mV, 12 bits: 10 uV
  EXPECT_EQ(model.read(600'000, 1), 123);
  model.write(600'000, 0, 0x199D);  // 320 mV: 80 uV
  EXPECT_EQ(model.read(1'200'000, 1), 120);
  model.write(1'200'000, 0, 0x0185);  // 40 mV, 9 bits: 80 uV
  EXPECT_EQ(model.read(1'300'000, 1), 120);
  load.current_a = [](double) { return -0.5; };
  model.write(1'300'000, 0, 0x019D);
  EXPECT_EQ(static_cast<std::int16_t>(model.read(2'000'000, 1)), -4000);
}

TEST(Ina219Model, OverflowIsOfTheCurrentRegisterAndNotOfTheVoltages) {
  Load load;
  load.current_a = [](double) { return 0.3; };
  Ina219Model model({}, load);
  model.write(0, 0, 0x019D);
  model.write(0, 5, 0xFFFE);  // 3000 x 16
  EXPECT_EQ(model.read(600'000, 2) & 1, 1);
  EXPECT_EQ(model.read(600'000, 1), 3000);
  model.write(600'000, 5, 0x1000);
  EXPECT_EQ(model.read(600'000, 2) & 1, 0);
}

TEST(Ina219Model, OffsetGainAndNoiseAreAsSet) {
  Load load;
  Ina219Model model({.offset_v = 100e-6, .gain = 1.01, .noise_v = 50e-6}, load);
  model.write(0, 0, 0x019D);
  double sum = 0;
  double sum_of_squares = 0;
  constexpr int k_count = 20'000;
  for (int i = 1; i <= k_count; ++i) {
    const double steps = static_cast<std::int16_t>(model.read(i * 532'000LL, 1));
    sum += steps;
    sum_of_squares += steps * steps;
  }
  const double mean = sum / k_count;
  EXPECT_NEAR(mean, 1010 + 10, 0.2);
  EXPECT_NEAR(std::sqrt(sum_of_squares / k_count - mean * mean), 5, 0.15);
}

TEST(Ina219Model, AResetForgetsEverything) {
  Load load;
  Ina219Model model({}, load);
  model.write(0, 0, 0x019D);
  model.write(0, 5, 0x1000);
  model.reset(1'000'000);
  EXPECT_EQ(model.read(1'000'000, 0), 0x399F);
  EXPECT_EQ(model.read(1'000'000, 5), 0);
  model.write(2'000'000, 5, 0x1001);
  EXPECT_EQ(model.read(2'000'000, 5), 0x1000);  // bit 0 is always 0
  model.write(2'000'000, 0, 0x8000);
  EXPECT_EQ(model.read(2'000'000, 0), 0x399F);
}

}  // namespace
}  // namespace joulemark::emulator
