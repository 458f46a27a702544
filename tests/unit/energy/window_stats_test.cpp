// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/build_report.h>
#include <analysis/energy/window_stats.h>

#include <tests/support/waveform.h>

#include <gtest/gtest.h>

#include <cmath>

namespace joulemark {
namespace {

using test::Waveform;

constexpr double k_volts = 2;

WindowStats stats_of(SampleSource& source, TimeRange window) {
  auto stats = window_stats(source, window);
  if (!stats) ADD_FAILURE() << stats.error().message;
  return stats.value_or(WindowStats{});
}

// 1 mA, and 9 mA more from 0.1 s to 0.2 s: all by formula.
void record_step(MemoryCapture& capture, std::vector<std::pair<double, double>> gaps_s = {}) {
  const Waveform waveform{1e-3, {{0.1, 0.2, 9e-3}}};
  test::record(capture, waveform,
               {.rate_hz = 1000,
                .duration_s = 0.4,
                .aperture_s = 1e-3,
                .voltage_v = k_volts,
                .gaps_s = std::move(gaps_s)});
}

TEST(WindowStats, AreThoseOfTheWaveformBetweenTheCursors) {
  MemoryCapture capture;
  record_step(capture);
  const WindowStats stats = stats_of(capture, {50'500'000, 150'250'000});  // ends inside samples
  const double charge_c = 0.0495 * 1e-3 + 0.05025 * 10e-3;
  ASSERT_TRUE(stats.charge_c && stats.energy_j && stats.current_a && stats.power_w);
  EXPECT_NEAR(*stats.charge_c, charge_c, 1e-7 * charge_c);  // stored as float32
  EXPECT_NEAR(*stats.energy_j, k_volts * charge_c, 1e-7 * k_volts * charge_c);
  EXPECT_NEAR(stats.current_a->mean, charge_c / 0.09975, 1e-9);
  EXPECT_NEAR(stats.power_w->mean, k_volts * charge_c / 0.09975, 1e-9);
  EXPECT_NEAR(stats.current_a->min, 1e-3, 1e-9);
  EXPECT_NEAR(stats.current_a->max, 10e-3, 1e-9);
  EXPECT_NEAR(stats.covered_s, 0.09975, 1e-12);
  EXPECT_EQ(stats.samples, 101);
  EXPECT_FALSE(stats.voltage_v) << "a set-point is not measured";
}

TEST(WindowStats, TakeTheDeviationFromTheSamplesThatTouchTheWindow) {
  MemoryCapture capture;
  record_step(capture);
  const WindowStats stats = stats_of(capture, {50'000'000, 150'000'000});  // 50 samples of 1 mA, 50 of 10 mA
  const double deviation_a = 4.5e-3 * std::sqrt(100.0 / 99);
  ASSERT_TRUE(stats.current_a && stats.current_a->stddev && stats.power_w && stats.power_w->stddev);
  EXPECT_NEAR(*stats.current_a->stddev, deviation_a, 1e-9);
  EXPECT_NEAR(*stats.power_w->stddev, k_volts * deviation_a, 1e-9);
}

TEST(WindowStats, EqualTheReportOnTheSameWindowToTheLastBit) {
  MemoryCapture capture;
  record_step(capture);
  const TimeRange window{50'123'456, 150'654'321};
  ReportOptions options;
  options.windows = {{"mine", window}};
  const auto analysis = build_report(capture, options);
  ASSERT_TRUE(analysis);
  const WindowStats stats = stats_of(capture, window);
  EXPECT_EQ(stats.energy_j, analysis->rows[0].energy_j);
  EXPECT_EQ(stats.charge_c, analysis->rows[0].charge_c);
  EXPECT_EQ(stats.power_w->mean, analysis->rows[0].power_w);
  EXPECT_EQ(stats.current_a->max, analysis->rows[0].peak_current_a);
}

TEST(WindowStats, SayWhatIsMissingAndInventNothing) {
  MemoryCapture capture;
  record_step(capture, {{0.25, 0.3}});
  const WindowStats stats = stats_of(capture, {200'000'000, 350'000'000});
  EXPECT_NEAR(stats.missing_s, 0.05, 1e-9);
  EXPECT_NEAR(*stats.charge_c, 0.1 * 1e-3, 1e-11);
  EXPECT_NEAR(stats.current_a->mean, 1e-3, 1e-9);
  const WindowStats outside = stats_of(capture, {500'000'000, 600'000'000});
  EXPECT_EQ(outside.samples, 0);
  EXPECT_FALSE(outside.energy_j || outside.current_a);
}

TEST(WindowStats, OfUnevenSamplesWeighByTimeAndDeviateBySample) {
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "slow.current";
  info.channels[0].timed = true;
  ASSERT_TRUE(capture.begin(info));
  const std::vector<float> values{1, 2, 6};
  const std::vector<TimeNs> stamps{0, 1'000'000'000, 4'000'000'000};
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, values, stamps}));
  ASSERT_TRUE(capture.end(EndReason::completed));
  const WindowStats stats = stats_of(capture, {500'000'000, 4'000'000'000});  // 0.5 s of 1 A, 3 s of 2 A
  ASSERT_TRUE(stats.current_a && stats.current_a->stddev);
  EXPECT_DOUBLE_EQ(*stats.charge_c, 6.5);
  EXPECT_NEAR(*stats.current_a->stddev, std::sqrt(0.5), 1e-12);
  EXPECT_FALSE(stats.energy_j);
}

// Four samples of current, each with the voltage that is nearest to its begin: 2, 2 (a tie goes to the
// earlier one), 5 and 5 V. timed: both have stamps of their own.
WindowStats stats_of_products(bool timed) {
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(2);
  info.channels[0].name = "rail.current";
  info.channels[0].rate_hz = 1000;
  info.channels[0].scale = 1e-3;  // stored in milliamperes
  info.channels[1].name = "rail.voltage";
  info.channels[1].quantity = Quantity::voltage;
  info.channels[1].rate_hz = 500;
  for (Channel& channel : info.channels)
    channel.timed = timed;
  EXPECT_TRUE(capture.begin(info));
  std::vector<TimeNs> current_ns;
  std::vector<TimeNs> voltage_ns;
  if (timed) {
    current_ns = {0, 1'000'000, 2'000'000, 3'000'000};
    voltage_ns = {0, 2'000'000};
  }
  EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{1}, 0, std::vector<float>{2, 5}, voltage_ns}));
  EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>{1, 3, 2, 8}, current_ns}));
  EXPECT_TRUE(capture.end(EndReason::completed));
  return stats_of(capture, {0, 3'500'000});
}

TEST(WindowStats, TakeTheDeviationOfPowerFromItsProducts) {
  for (const bool timed : {false, true}) {
    const WindowStats stats = stats_of_products(timed);
    ASSERT_TRUE(stats.power_w && stats.power_w->stddev) << timed;
    // 2, 6, 10 and 40 mW: 14.5 mW in the mean.
    const double squares = 12.5 * 12.5 + 8.5 * 8.5 + 4.5 * 4.5 + 25.5 * 25.5;
    EXPECT_NEAR(*stats.power_w->stddev, 1e-3 * std::sqrt(squares / 3), 1e-12) << timed;
    EXPECT_NEAR(*stats.energy_j, 1e-6 * (2 + 6 + 10 + 20), 1e-15) << "with the same voltages";
  }
}

}  // namespace
}  // namespace joulemark
