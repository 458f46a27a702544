// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/memory_capture.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace joulemark {
namespace {

Channel current_channel(double rate_hz) {
  Channel channel;
  channel.name = "test.current";
  channel.rate_hz = rate_hz;
  return channel;
}

CaptureInfo one_channel(double rate_hz, double voltage_v) {
  CaptureInfo info;
  info.channels = {current_channel(rate_hz)};
  info.supply = {voltage_v, VoltageBasis::assumed};
  info.lines = {{LineId{0}, "inference"}};
  return info;
}

Integral power_over(MemoryCapture& capture, TimeRange window, Boundary boundary = Boundary::fractional) {
  return capture.integrals(k_power, std::array{window}, boundary).value().front();
}

TEST(MemoryCapture, IntegratesFractionsOfTheFirstAndLastSample) {
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin(one_channel(1000, 2.0)));
  const std::array<float, 4> amperes{1, 2, 3, 4};
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, amperes, {}}));

  // Half of sample 0, all of 1 and 2, a quarter of 3, at 2 V and 1 ms a sample.
  const Integral integral = power_over(capture, {500'000, 3'250'000});
  EXPECT_NEAR(integral.integral, 2.0 * 1e-3 * (0.5 * 1 + 2 + 3 + 0.25 * 4), 1e-15);
  EXPECT_NEAR(integral.covered_s, 2.75e-3, 1e-15);
  EXPECT_EQ(integral.missing_s, 0);
  EXPECT_DOUBLE_EQ(integral.max, 8.0);

  const Integral whole = power_over(capture, {500'000, 3'250'000}, Boundary::whole_samples);
  EXPECT_NEAR(whole.integral, 2.0 * 1e-3 * 10, 1e-15);
  EXPECT_NEAR(whole.covered_s, 4e-3, 1e-15);
}

TEST(MemoryCapture, NeverInventsEnergyOverAGap) {
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin(one_channel(1000, 1.0)));
  const std::array<float, 2> amperes{5, 5};
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, amperes, {}}));
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 9, amperes, {}}));

  const Integral integral = power_over(capture, {0, 11'000'000});
  EXPECT_NEAR(integral.integral, 4 * 5e-3, 1e-15);
  EXPECT_NEAR(integral.missing_s, 7e-3, 1e-12);
  EXPECT_EQ(capture.extent(k_power).value().lost_samples, 7);
}

TEST(MemoryCapture, HoldsTheNearestVoltageSample) {
  CaptureInfo info = one_channel(1000, 0);
  info.supply = {};
  Channel voltage;
  voltage.name = "test.voltage";
  voltage.quantity = Quantity::voltage;
  voltage.rate_hz = 250;  // every fourth current sample
  info.channels.push_back(voltage);
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin(info));
  const std::array<float, 8> amperes{1, 1, 1, 1, 1, 1, 1, 1};
  const std::array<float, 2> volts{3, 5};
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, amperes, {}}));
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{1}, 0, volts, {}}));

  // Samples at 0, 1 and (a tie) 2 ms take 3 V; from 3 ms on 5 V.
  EXPECT_NEAR(power_over(capture, {0, 8'000'000}).integral, 1e-3 * (3 * 3 + 5 * 5), 1e-15);
}

TEST(MemoryCapture, RefusesWhatWouldBecomeAWrongNumber) {
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin(one_channel(1000, 1.0)));
  const std::array<float, 2> good{1, 1};
  const std::array<float, 2> bad{1, std::nanf("")};
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 5, good, {}}));
  EXPECT_FALSE(capture.accept(SampleBlock{ChannelId{0}, 6, good, {}}));
  EXPECT_FALSE(capture.accept(SampleBlock{ChannelId{0}, 7, bad, {}}));
  EXPECT_FALSE(capture.accept(SampleBlock{ChannelId{3}, 0, good, {}}));
  EXPECT_FALSE(capture.accept(Edge{0, 0, LineId{9}, true}));
}

TEST(MemoryCapture, WithoutAVoltageTellsNoEnergyButStillCharge) {
  CaptureInfo info = one_channel(1000, 0);
  info.supply = {};
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin(info));
  const std::array<float, 2> amperes{1, 1};
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, amperes, {}}));
  const std::array windows{TimeRange{0, 2'000'000}};
  EXPECT_EQ(capture.integrals(k_power, windows, Boundary::fractional).error().code, ErrorCode::inadequate);
  EXPECT_NEAR(capture.integrals(k_current, windows, Boundary::fractional).value()[0].integral, 2e-3, 1e-15);
}

TEST(SampleGrid, PlacesAveragingIntervalsByTheirStamp) {
  Channel channel = current_channel(1000);
  channel.stamp_position = StampPosition::end;
  channel.aperture_s = {1e-3, Provenance::specified};
  const SampleGrid grid(channel);
  EXPECT_EQ(grid.time_of(0), -1'000'000);
  EXPECT_DOUBLE_EQ(grid.position(0), 1.0);
  EXPECT_EQ(grid.covering({0, 1'000'000}), (IndexRange{1, 2}));
  EXPECT_EQ(grid.covering({1, 1'000'001}), (IndexRange{1, 3}));
}

}  // namespace
}  // namespace joulemark
