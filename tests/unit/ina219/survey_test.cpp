// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/survey.h>

#include <tests/unit/ina219/bench.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace joulemark::ina219 {
namespace {

using test::Bench;
using testing::HasSubstr;

TEST(Survey, MeasuresThePeriodOfThisChip) {
  for (const double slowness : {1.0, 586.0 / 532, 0.95}) {
    Bench bench({.slowness = slowness});
    const auto found = survey(bench.bus, bench.time, {}, 0.1);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->timing.shunt_s.provenance, Provenance::measured);
    EXPECT_NEAR(found->timing.shunt_s.value / (532e-6 * slowness), 1, 2e-3);
    EXPECT_TRUE(found->timing.clocked);
  }
}

TEST(Survey, InModeBothSharesThePeriodOut) {
  Bench bench({.slowness = 1.1});
  Settings settings;
  settings.both = true;
  const auto found = survey(bench.bus, bench.time, settings, 0.1);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->timing.period_s(), 1.1 * 1064e-6, 3e-6);
  EXPECT_NEAR(found->timing.bus_s, 1.1 * 532e-6, 2e-6);
  EXPECT_EQ(configuration_from(bench.model.read(bench.time.now_ns, 0)).mode, Mode::both);
}

TEST(Survey, ChoosesTheLeastAveragingThatTheBusKeepsUpWith) {
  EXPECT_EQ(fastest_adc(0.3e-3).name, "12bit");
  EXPECT_EQ(fastest_adc(0.51e-3).name, "2x");
  EXPECT_EQ(fastest_adc(1.5e-3).name, "4x");
  EXPECT_EQ(fastest_adc(15e-3).name, "32x");
  EXPECT_EQ(fastest_adc(1).name, "128x");
  Bench bench;
  bench.bus.transfer_ns = [] { return 520'000; };  // 100 kHz
  const auto found = survey(bench.bus, bench.time, {}, 0.1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->timing.typical_period_s, 2.13e-3);
  EXPECT_NEAR(found->timing.shunt_s.value, 2.13e-3, 5e-6);
  ASSERT_EQ(found->news.size(), 1u);
  EXPECT_THAT(found->news[0], HasSubstr("averages 4x"));
}

TEST(Survey, IsLeftSoonOnceItIsStopped) {
  Bench bench;
  const TimeNs asked_ns = bench.time.now_ns + 50'000'000;
  std::stop_source stop;
  bench.bus.transfer_ns = [&] {
    if (bench.time.now_ns >= asked_ns) stop.request_stop();
    return 100'000;
  };
  EXPECT_FALSE(survey(bench.bus, bench.time, {}, 0.1, stop.get_token()));
  EXPECT_LT(bench.time.now_ns, asked_ns + 10'000'000);
}

TEST(Survey, WarnsOfAConverterThatIsFasterThanTheBus) {
  Bench bench;
  bench.bus.transfer_ns = [] { return 520'000; };
  Settings settings;
  settings.adc = adc_setting("12bit");
  const auto found = survey(bench.bus, bench.time, settings, 0.1);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->news.size(), 1u);
  EXPECT_THAT(found->news[0], HasSubstr("adc=auto"));
}

TEST(Survey, FindsOutThatConversionReadyDoesNotWork) {
  Bench bench;
  bench.bus.ready_stuck = true;
  const auto found = survey(bench.bus, bench.time, {}, 0.1);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->timing.clocked);
  EXPECT_EQ(found->timing.shunt_s, (Characteristic{532e-6, Provenance::specified}));
}

TEST(Survey, KnowsHowLongTheShuntGoesUnobservedForTheBusVoltage) {
  Bench bench;
  const auto found = survey(bench.bus, bench.time, {}, 0.1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->plan.bus_interval_s, 1);
}

TEST(Survey, TellsAnEmptyAddressAndAnotherChipFromAnIna219) {
  Bench bench;
  EXPECT_TRUE(look_at(bench.bus));
  bench.bus.fault = [] { return ENXIO; };
  const auto nothing = look_at(bench.bus);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::no_instrument);
  EXPECT_THAT(nothing.error().message, HasSubstr("no acknowledge"));
  EXPECT_FALSE(survey(bench.bus, bench.time, {}, 0.1));
}

}  // namespace
}  // namespace joulemark::ina219
