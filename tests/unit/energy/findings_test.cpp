// SPDX-License-Identifier: Apache-2.0
// What a report says of the recording, the instrument and the markers, beside its figures.
#include <tests/support/waveform.h>
#include <tests/unit/energy/analyse.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace joulemark {
namespace {

using test::analyse;
using test::codes;
using test::k_volts;
using test::mark_all;
using test::train;
using test::Waveform;
using ::testing::Contains;
using ::testing::ElementsAre;

// 9 mA through 1 ohm sag by 9 mV, which a voltage read every half second does not follow.
TEST(Findings, SaysThatAVoltageReadNowAndThenMissesTheSag) {
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(2);
  info.channels[0].name = "probe.current";
  info.channels[0].rate_hz = 1000;
  info.channels[1].name = "probe.voltage";
  info.channels[1].quantity = Quantity::voltage;
  info.channels[1].rate_hz = 2;
  info.lines = {{LineId{0}, ""}};
  ASSERT_TRUE(capture.begin(info));
  const std::vector<float> current(1000, 1e-3F);
  const std::vector<float> voltage(2, 3.3F);
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, current, {}}));
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{1}, 0, voltage, {}}));
  test::mark(capture, 0, 0.2, 0.3);
  ASSERT_TRUE(capture.end(EndReason::completed));
  EXPECT_THAT(codes(analyse(capture).report), Contains("voltage_at_intervals"));
  EXPECT_THAT(codes(analyse(capture, {}).report), testing::Not(Contains("voltage_at_intervals")));
}

TEST(Findings, SaysThatAnOutputIsOffAndNotThatTheSensorIsTheOtherWayRound) {
  for (const bool set : {false, true}) {
    MemoryCapture capture;
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "monsoon.current";
    info.channels[0].rate_hz = 1000;
    ASSERT_TRUE(capture.begin(info));
    ASSERT_TRUE(capture.accept(MetadataItem{"instrument.vout_before_v", "0"}));
    if (set) {
      ASSERT_TRUE(capture.accept(MetadataItem{"instrument.vout", "3.7"}));
    }
    std::mt19937 random(1);
    std::normal_distribution<float> noise_a(0, 2e-6F);
    std::vector<float> values(5000, -1e-3F);
    if (!set) std::ranges::generate(values, [&] { return noise_a(random); });
    const float mean_a = std::accumulate(values.begin(), values.end(), 0.0F) / 5000;
    if (!set) std::ranges::for_each(values, [&](float& value) { value -= mean_a + 1e-8F; });
    ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, values, {}}));
    ASSERT_TRUE(capture.end(EndReason::completed));
    const Report report = analyse(capture, {}).report;
    EXPECT_EQ(std::ranges::count(report.findings, "output_off", &Finding::code), set ? 0 : 1);
    EXPECT_EQ(std::ranges::count(report.findings, "negative_power", &Finding::code), set ? 1 : 0);
  }
}

TEST(Findings, SaysWhenNobodyStatedTheShunt) {
  for (const auto& [basis, said] : {std::pair{"probe", "the probe's setting of 100 mohm was taken"},
                                    {"assumed", "100 mohm was assumed, as on most boards"},
                                    {"stated", ""},
                                    {"kernel", ""}}) {
    MemoryCapture capture;
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "probe.current";
    info.channels[0].rate_hz = 1000;
    ASSERT_TRUE(capture.begin(info));
    ASSERT_TRUE(capture.accept(MetadataItem{"instrument.shunt_ohm", "0.1"}));
    ASSERT_TRUE(capture.accept(MetadataItem{"instrument.shunt_basis", basis}));
    ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(1000, 1e-3F), {}}));
    ASSERT_TRUE(capture.end(EndReason::completed));
    const Report report = analyse(capture, {}).report;
    const auto found = std::ranges::find(report.findings, "shunt_not_stated", &Finding::code);
    ASSERT_EQ(found != report.findings.end(), *said != '\0') << basis;
    if (found == report.findings.end()) continue;
    EXPECT_EQ(found->severity, FindingSeverity::warning);
    EXPECT_THAT(found->message, ::testing::HasSubstr(said));
    EXPECT_THAT(found->message, ::testing::HasSubstr("off by as much as it is"));
  }
}

// Ten stretches of idle of 100 ms at 100 uA and 3 V whose first tenth draws more or less by a tenth: without
// it the mean of 100 uA +- 1 % is 100 uA.
TEST(Findings, SaysByHowMuchIdleFallsOrRisesAfterTheEvents) {
  for (const double part : {0.1, -0.1, 0.0}) {
    MemoryCapture capture;
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "test.current";
    info.channels[0].rate_hz = 1e5;
    info.supply = {3.0, VoltageBasis::setpoint};
    info.lines = {{LineId{0}, ""}};
    ASSERT_TRUE(capture.begin(info));
    constexpr int k_period = 12'000;  // samples, of which 2000 are the event and 100 each guard
    std::vector<float> current;
    for (int i = 0; i < 20 * k_period; ++i) {
      const int at = i % k_period;
      const double flicker = 1e-7 * ((i / k_period) % 2 == 0 ? 1 : -1);
      const bool early = at >= 2100 && at < 2100 + 980;
      current.push_back(
          static_cast<float>(at < 2000 ? 1e-3 : 1e-4 * (early ? 1 + part : 1.0) + (early ? flicker : 0)));
    }
    ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, current, {}}));
    for (int event = 0; event < 20; ++event)
      test::mark(capture, 0, 0.12 * event, 0.12 * event + 0.02);
    ASSERT_TRUE(capture.end(EndReason::completed));
    ReportOptions options;
    options.guard_ns = 1'000'000;
    const Report report = analyse(capture, {"inference=d0"}, options).report;
    EXPECT_NEAR(*report.idle.power_w.mean, 3e-4 * (1 + part / 10), 1e-3 * 3e-4);
    std::string said;
    for (const Finding& finding : report.findings) {
      if (finding.code == "idle_unsettled") said = finding.message;
    }
    const char* truth = part > 0 ? "it is 0.99 % less" : part < 0 ? "it is 1 % more" : "";
    EXPECT_THAT(said, ::testing::HasSubstr(truth));
    EXPECT_EQ(said.empty(), part == 0);
  }
}

// The driver works out what the shunt drops, so the voltage has a sample for each of the current.
TEST(Findings, SaysHowSeldomAVoltageWasReadThatFollowsTheCurrentInBetween) {
  for (const char* interval : {"1", "0.01"}) {
    MemoryCapture capture;
    CaptureInfo info;
    info.channels.resize(2);
    info.channels[0].name = "probe.current";
    info.channels[1].name = "probe.voltage";
    info.channels[1].quantity = Quantity::voltage;
    for (Channel& channel : info.channels)
      channel.rate_hz = 1000;
    info.lines = {{LineId{0}, ""}};
    ASSERT_TRUE(capture.begin(info));
    ASSERT_TRUE(capture.accept(MetadataItem{"voltage.interval_s", interval}));
    ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(1000, 1e-3F), {}}));
    ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{1}, 0, std::vector<float>(1000, 3.3F), {}}));
    test::mark(capture, 0, 0.2, 0.3);
    ASSERT_TRUE(capture.end(EndReason::completed));
    const Report report = analyse(capture).report;
    const bool seldom = std::string_view(interval) == "1";
    EXPECT_EQ(std::ranges::count(codes(report), "voltage_at_intervals"), seldom ? 1 : 0);
    for (const Finding& finding : report.findings) {
      if (finding.code != "voltage_at_intervals") continue;
      EXPECT_THAT(finding.message, ::testing::HasSubstr("what the instrument's shunt drops"));
    }
  }
}

// 1.55 steps, as a converter with this much noise (in steps) before it shows them.
Report report_of_steps(double noise_steps) {
  constexpr double k_step_a = 80e-6;
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "slow.current";
  info.channels[0].timed = true;
  info.channels[0].rate_hz = 1000;
  info.channels[0].ranges = {{-0.32, 0.32, k_step_a}};
  info.supply = {3.3, VoltageBasis::setpoint};
  EXPECT_TRUE(capture.begin(info));
  std::mt19937 random(1);
  std::normal_distribution<double> steps(1.55, noise_steps);
  std::vector<float> values;
  std::vector<TimeNs> stamps;
  for (int i = 0; i < 5000; ++i) {
    values.push_back(static_cast<float>(std::round(steps(random)) * k_step_a));
    stamps.push_back(i * TimeNs{1'000'000} + i % 7 * 10'000);
  }
  EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, values, stamps}));
  EXPECT_TRUE(capture.end(EndReason::completed));
  return analyse(capture, {}).report;
}

TEST(Findings, WarnsOfStepsThatNoiseDoesNotCover) {
  for (const double quiet : {0.0, 0.2, 0.3}) {
    const Report report = report_of_steps(quiet);
    const auto found = std::ranges::find(report.findings, "undithered", &Finding::code);
    ASSERT_NE(found, report.findings.end()) << quiet;
    EXPECT_EQ(found->severity, FindingSeverity::warning);
    EXPECT_THAT(found->message, ::testing::HasSubstr("idle (25 %)"));  // half a step of two
  }
  EXPECT_THAT(codes(report_of_steps(0.8)), ::testing::Not(Contains("undithered")));
}

TEST(Findings, SaysHowToNameALineWhenNothingIsNamed) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.duration_s = 1, .aperture_s = 1e-3});
  const Report report = analyse(capture, {}).report;
  EXPECT_TRUE(report.events.empty());
  EXPECT_NEAR(*report.total.energy_j, k_volts * 1e-3, 1e-9);
  ASSERT_THAT(codes(report), Contains("no_events"));
  EXPECT_THAT(whole_message(report.findings[0]), ::testing::HasSubstr("--event inference=d0"));
}

TEST(Findings, WarnsOfAHoldTimeThatSwallowsEvents) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(10, 0.05, 0.1, 0.02, 9e-3)};
  test::record(capture, waveform, {.duration_s = 1.1, .aperture_s = 1e-3});
  mark_all(capture, 0, waveform.pulses);
  ReportOptions options;
  options.hold_ns = 50'000'000;
  const Report report = analyse(capture, {"inference=d0"}, options).report;
  EXPECT_EQ(report.events.at(0).count, 0);
  EXPECT_THAT(report.markers.lines, ElementsAre(LineReport{LineId{0}, 20, 20}));
  EXPECT_THAT(codes(report), Contains("edges_ignored"));
  EXPECT_THAT(codes(analyse(capture).report), ::testing::Not(Contains("edges_ignored")));
}

}  // namespace
}  // namespace joulemark
