// SPDX-License-Identifier: Apache-2.0
#include <tests/support/waveform.h>
#include <tests/unit/energy/analyse.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace joulemark {
namespace {

using test::analyse;
using test::Waveform;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string message_of(const Report& report, std::string_view code) {
  const auto found = std::ranges::find(report.findings, code, &Finding::code);
  return found == report.findings.end() ? "" : whole_message(*found);
}

// 0.1 mA at 2 V, and 10 mA for 100 ms four times; an instrument that adds an offset to all of it.
Report with_offset(double offset_a) {
  MemoryCapture capture;
  Waveform waveform{0.1e-3 + offset_a, {}};
  for (int i = 0; i < 4; ++i)
    waveform.pulses.push_back({0.5 + i, 0.6 + i, 9.9e-3});
  test::record(capture, waveform, {.duration_s = 5, .aperture_s = 1e-3, .voltage_v = 2, .noise_a = 20e-6});
  test::mark_all(capture, 0, waveform.pulses);
  return analyse(capture).report;
}

TEST(Signs, TellAnOffsetByAnIdleBelowZeroAndWhatItMakesOfAnEvent) {
  const Report report = with_offset(-1e-3);
  // Of 2 mJ the offset takes 0.2 mJ; idle shows 0.18 mJ of that, a tenth of the 1.8 mJ that are read.
  EXPECT_THAT(
      message_of(report, "idle_below_zero"),
      AllOf(HasSubstr("below zero (-900 uA)"), HasSubstr("'inference' by -180 uJ (10 % of what it reads)")));
  EXPECT_EQ(message_of(report, "negative_power"), "");
  EXPECT_TRUE(report.useful_event.shares.empty());
}

TEST(Signs, TellAnOffsetThatOutweighsTheEventsFromASensorTheOtherWayRound) {
  const Report report = with_offset(-2e-3);
  EXPECT_LT(*report.total.mean_power_w, 0);
  EXPECT_NE(message_of(report, "idle_below_zero"), "");
  EXPECT_EQ(message_of(report, "negative_power"), "");
}

TEST(Signs, TakeAnIdleNearZeroForWhatItIs) {
  for (const double offset_a : {-0.1e-3, 0.0, 1e-3}) {
    const Report report = with_offset(offset_a);
    EXPECT_EQ(message_of(report, "idle_below_zero"), "") << offset_a;
    EXPECT_FALSE(report.useful_event.shares.empty()) << offset_a;
  }
}

// A current of 1 mA, and 10 mA in the events, times sign; a voltage that is measured.
Report measured(double sign, double volts, const std::string& uri) {
  MemoryCapture capture;
  CaptureInfo info;
  info.instrument.uri = uri;
  info.channels.resize(2);
  info.channels[0].name = "test.current";
  info.channels[0].rate_hz = 1000;
  info.channels[1].name = "test.voltage";
  info.channels[1].quantity = Quantity::voltage;
  info.channels[1].rate_hz = 1000;
  info.lines = {{LineId{0}, ""}};
  EXPECT_TRUE(capture.begin(info));
  std::vector<float> current(2000, static_cast<float>(sign * 1e-3));
  std::fill_n(current.begin() + 500, 100, static_cast<float>(sign * 10e-3));
  std::fill_n(current.begin() + 1500, 100, static_cast<float>(sign * 10e-3));
  const std::vector<float> voltage(2000, static_cast<float>(volts));
  EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, current, {}}));
  EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{1}, 0, voltage, {}}));
  test::mark(capture, 0, 0.5, 0.6);
  test::mark(capture, 0, 1.5, 1.6);
  EXPECT_TRUE(capture.end(EndReason::completed));
  return analyse(capture).report;
}

TEST(Signs, AdviseByWhatIsNegative) {
  const Report current = measured(-1, 3.3, "probe:/dev/ttyUSB0");
  EXPECT_THAT(
      message_of(current, "negative_power"),
      AllOf(HasSubstr("The current is negative"), HasSubstr("other way round"), Not(HasSubstr("import"))));
  EXPECT_THAT(message_of(measured(-1, 3.3, "import:csv"), "negative_power"), HasSubstr("current=COLUMN:-mA"));
  const Report voltage = measured(1, -3.3, "probe:/dev/ttyUSB0");
  EXPECT_EQ(message_of(voltage, "negative_power"), "");
  EXPECT_THAT(message_of(voltage, "no_supply_voltage"),
              AllOf(HasSubstr("the measured voltage is -3.3 V"), Not(HasSubstr("ground line"))));
}

TEST(Signs, AskForTheGroundLineWhereCurrentFlowsWithoutAVoltage) {
  for (const double volts : {-0.006, 0.0, 0.1}) {
    const Report report = measured(1, volts, "probe:/dev/ttyUSB0");
    EXPECT_THAT(message_of(report, "no_supply_voltage"),
                AllOf(HasSubstr("While 1.90 mA flows"), HasSubstr("ground line"), HasSubstr("voltage=3.3V")));
    EXPECT_EQ(message_of(report, "negative_power"), "");
    EXPECT_TRUE(report.useful_event.shares.empty());
  }
  const Report sound = measured(1, 0.9, "probe:/dev/ttyUSB0");
  EXPECT_EQ(message_of(sound, "no_supply_voltage"), "");
  EXPECT_FALSE(sound.useful_event.shares.empty());
}

}  // namespace
}  // namespace joulemark
