// SPDX-License-Identifier: Apache-2.0
// The file's answers, which come from block sums and summary levels, against brute force over every sample.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/model/memory_capture.h>

#include <tests/support/temporary_folder.h>
#include <tests/unit/capture/random_capture.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

namespace joulemark {
namespace {

struct Case {
  std::string name;
  test::RandomShape shape;
};

class CaptureIntegrals : public testing::TestWithParam<Case> {
 protected:
  void make(std::uint64_t seed, CaptureMode mode) {
    const CaptureInfo info = test::random_info(GetParam().shape);
    const std::string path = folder_.file("x.jmk");
    CaptureWriter writer({path, mode, Overflow::block, true});
    ASSERT_TRUE(writer.begin(info));
    ASSERT_TRUE(memory_.begin(info));
    test::feed_random(GetParam().shape, seed, writer);
    test::feed_random(GetParam().shape, seed, memory_);
    const Status ended = writer.end(EndReason::completed);
    ASSERT_TRUE(ended) << ended.error().message;
    auto opened = CaptureReader::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    file_ = std::move(*opened);
  }

  void expect_same(const Integral& file, const Integral& memory, double tolerance_s) const {
    EXPECT_NEAR(file.integral, memory.integral, 1e-9 * std::abs(memory.integral) + 1e-18);
    EXPECT_NEAR(file.covered_s, memory.covered_s, tolerance_s);
    EXPECT_NEAR(file.missing_s, memory.missing_s, tolerance_s);
    EXPECT_DOUBLE_EQ(file.min, memory.min);
    EXPECT_DOUBLE_EQ(file.max, memory.max);
    EXPECT_EQ(file.samples, memory.samples);
  }

  // Brute force with the nearest voltage is quadratic: fewer windows, or smaller shapes.
  void compare(ChannelId channel, std::size_t count, std::uint64_t seed) {
    const Extent extent = memory_.extent(channel).value();
    const double rate_hz = GetParam().shape.current_rate_hz;
    const std::vector<TimeRange> windows = test::random_windows(extent.time, rate_hz, count, seed);
    for (const Boundary boundary : {Boundary::fractional, Boundary::whole_samples}) {
      const auto got = file_->integrals(channel, windows, boundary);
      ASSERT_TRUE(got) << got.error().message;
      const auto expected = memory_.integrals(channel, windows, boundary).value();
      for (std::size_t i = 0; i < windows.size() && !HasFailure(); ++i) {
        SCOPED_TRACE(testing::Message() << "window " << windows[i].begin_ns << " to " << windows[i].end_ns
                                        << (boundary == Boundary::fractional ? " fractional" : " whole"));
        expect_same((*got)[i], expected[i], 1e-9 * std::max(1.0, windows[i].seconds()));
      }
    }
  }

  test::TemporaryFolder folder_;
  MemoryCapture memory_;
  std::unique_ptr<CaptureReader> file_;
};

TEST_P(CaptureIntegrals, EqualBruteForceOverEverySample) {
  make(1, CaptureMode::bulk);
  if (HasFatalFailure()) return;
  const bool measured_voltage = GetParam().shape.voltage_rate_hz > 0;
  compare(ChannelId{0}, 120, 2);
  compare(k_current, 30, 3);
  compare(k_power, measured_voltage ? 10 : 120, 4);
  if (measured_voltage) compare(ChannelId{1}, 100, 5);
}

TEST_P(CaptureIntegrals, StaySoWhenTheFileWasCommittedPieceByPiece) {
  make(7, CaptureMode::live);
  if (HasFatalFailure()) return;
  compare(ChannelId{0}, 60, 8);
  compare(k_power, GetParam().shape.voltage_rate_hz > 0 ? 6 : 60, 9);
}

TEST_P(CaptureIntegrals, HaveTheSameSamplesExtentAndSummary) {
  make(11, CaptureMode::bulk);
  if (HasFatalFailure()) return;
  const Extent expected = memory_.extent(k_power).value();
  const Extent got = file_->extent(k_power).value();
  EXPECT_EQ(got.indices, expected.indices);
  EXPECT_EQ(got.samples, expected.samples);
  EXPECT_EQ(got.lost_samples, expected.lost_samples);
  EXPECT_EQ(got.time, expected.time);
  const IndexRange part{expected.indices.begin + 77, expected.indices.end - 1234};
  const auto collect = [&](SampleSource& source) {
    std::vector<std::int64_t> indices;
    std::vector<float> values;
    std::vector<TimeNs> stamps;
    EXPECT_TRUE(source.read(ChannelId{0}, part, [&](const SampleBlock& block) -> Status {
      for (std::size_t i = 0; i < block.values.size(); ++i)
        indices.push_back(block.first_index + static_cast<std::int64_t>(i));
      values.insert(values.end(), block.values.begin(), block.values.end());
      stamps.insert(stamps.end(), block.stamps_ns.begin(), block.stamps_ns.end());
      return {};
    }));
    return std::tuple(indices, values, stamps);
  };
  EXPECT_TRUE(collect(*file_) == collect(memory_));
  for (const ChannelId channel : {ChannelId{0}, k_power}) {
    const Summary summary = file_->summarize(channel, part).value();
    const Summary brute = memory_.summarize(channel, part).value();
    EXPECT_EQ(summary.count, brute.count);
    EXPECT_NEAR(summary.sum, brute.sum, 1e-11 * brute.sum);
    EXPECT_NEAR(summary.m2, brute.m2, 1e-9 * brute.m2);
    EXPECT_EQ(summary.min, brute.min);
    EXPECT_EQ(summary.max, brute.max);
  }
}

// One sample a millisecond at 1 A and 1 V, none from 4 to 8 ms.
void feed_one_gap(SampleSink& sink) {
  CaptureInfo info;
  Channel current;
  current.name = "test.current";
  current.rate_hz = 1000;
  current.timed = true;
  info.channels = {current};
  info.supply = {1.0, VoltageBasis::assumed};
  ASSERT_TRUE(sink.begin(info));
  const std::array<float, 4> amperes{1, 1, 1, 1};
  const std::array<TimeNs, 4> before{0, 1'000'000, 2'000'000, 3'000'000};
  const std::array<TimeNs, 4> after{8'000'000, 9'000'000, 10'000'000, 11'000'000};
  ASSERT_TRUE(sink.accept(SampleBlock{ChannelId{0}, 0, amperes, before}));
  ASSERT_TRUE(sink.accept(SampleBlock{ChannelId{0}, 8, amperes, after}));
  ASSERT_TRUE(sink.end(EndReason::completed));
}

void expect_gap_seen(SampleSource& source) {
  // Half a millisecond of the gap and 2.25 ms of samples, the last of which counts whole: the 0.75 ms of it
  // beyond the window may not make up for the gap.
  const std::array<TimeRange, 1> window{TimeRange{7'500'000, 10'250'000}};
  const Integral whole = source.integrals(k_power, window, Boundary::whole_samples).value().front();
  EXPECT_NEAR(whole.integral, 3e-3, 1e-12);
  EXPECT_NEAR(whole.covered_s, 3e-3, 1e-12);
  EXPECT_NEAR(whole.missing_s, 0.5e-3, 1e-12);
  const Integral fractional = source.integrals(k_power, window, Boundary::fractional).value().front();
  EXPECT_NEAR(fractional.covered_s, 2.25e-3, 1e-12);
  EXPECT_NEAR(fractional.missing_s, 0.5e-3, 1e-12);
}

TEST(WholeTimedSamples, DoNotHideAGapAtTheOtherEndOfTheWindow) {
  const test::TemporaryFolder folder;
  CaptureWriter writer({folder.file("x.jmk"), CaptureMode::bulk, Overflow::block, true});
  feed_one_gap(writer);
  expect_gap_seen(*CaptureReader::open(folder.file("x.jmk")).value());
  MemoryCapture memory;
  feed_one_gap(memory);
  expect_gap_seen(memory);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, CaptureIntegrals,
    testing::Values(Case{"Uniform", {100'000, false, 0, false, 70'000, 0, false}},
                    Case{"UniformWithGaps", {100'000, false, 0, false, 70'000, 0.1, false}},
                    Case{"OddRate", {48'018.7, false, 0, false, 70'000, 0.05, false}},
                    Case{"Timed", {5'000, true, 0, false, 50'000, 0, false}},
                    Case{"TimedWithGaps", {5'000, true, 0, false, 50'000, 0.1, false}},
                    Case{"TwoChannelsOneRate", {10'000, false, 10'000, false, 20'000, 0.02, false}},
                    Case{"SlowVoltage", {10'000, false, 33, false, 40'000, 0.02, false}},
                    Case{"FastVoltage", {3'000, false, 10'000, false, 8'000, 0.05, false}},
                    Case{"TimedVoltage", {10'000, false, 90, true, 40'000, 0.05, false}},
                    Case{"TimedCurrentTimedVoltage", {2'000, true, 300, true, 30'000, 0.05, false}},
                    Case{"VoltageAfterAllTheCurrent", {10'000, false, 100, false, 40'000, 0.02, true}}),
    [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace joulemark
