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

}  // namespace
}  // namespace joulemark
