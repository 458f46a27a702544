// SPDX-License-Identifier: Apache-2.0
// Columns against the samples they say they cover.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/model/memory_capture.h>

#include <tests/support/temporary_folder.h>
#include <tests/unit/capture/random_capture.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace joulemark {
namespace {

struct Case {
  const char* name;
  test::RandomShape shape;
};

class CaptureView : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    CaptureWriter writer({folder_.file("x.jmk"), CaptureMode::bulk});
    for (SampleSink* sink : {static_cast<SampleSink*>(&writer), static_cast<SampleSink*>(&memory_)}) {
      ASSERT_TRUE(sink->begin(test::random_info(GetParam().shape)));
      test::feed_random(GetParam().shape, 3, *sink);
      ASSERT_TRUE(sink->end(EndReason::completed));
    }
    file_ = std::move(CaptureReader::open(folder_.file("x.jmk")).value());
  }

  // Uniform channels: the covered time is whole samples, so brute force over exactly that time must agree.
  void check_uniform(const ViewColumn& column, ChannelId channel) {
    const TimeNs half_ns = from_seconds(0.25 / GetParam().shape.current_rate_hz);
    const TimeRange inside{column.time.begin_ns + half_ns, column.time.end_ns - half_ns};
    if (inside.empty()) return;
    const std::array windows{inside};
    const Integral brute = memory_.integrals(channel, windows, Boundary::whole_samples).value().front();
    EXPECT_EQ(column.count, brute.samples);
    if (column.count == 0) return;
    const double exactness = channel == k_power ? 1e-6 : 1e-14;
    EXPECT_NEAR(column.min, brute.min, exactness * std::abs(brute.min));
    EXPECT_NEAR(column.max, brute.max, exactness * std::abs(brute.max));
    EXPECT_NEAR(column.mean, brute.mean(), 2e-6 * std::abs(brute.mean()));
  }

  test::TemporaryFolder folder_;
  MemoryCapture memory_;
  std::unique_ptr<CaptureReader> file_;
};

class UniformView : public CaptureView {};
class TimedView : public CaptureView {};

TEST_P(UniformView, CoversWholeEntriesExactlyAtEveryZoom) {
  const TimeRange all = file_->extent(ChannelId{0}).value().time;
  for (const std::size_t columns : {7U, 30U, 100U}) {
    for (const double part : {1.3, 0.9, 0.31, 0.07}) {
      const TimeRange range{from_seconds(all.seconds() * 0.05),
                            from_seconds(all.seconds() * 0.05) + from_seconds(all.seconds() * part)};
      for (const ChannelId channel : {ChannelId{0}, k_power}) {
        const auto view = file_->view(channel, range, columns).value();
        ASSERT_EQ(view.size(), columns);
        const double per_column =
            GetParam().shape.current_rate_hz * range.seconds() / static_cast<double>(columns);
        if (per_column < 64) continue;
        for (std::size_t c = 0; c < columns && !HasFailure(); ++c) {
          SCOPED_TRACE(testing::Message() << "column " << c << " of " << columns << ", part " << part);
          if (c > 0) {
            EXPECT_EQ(view[c].time.begin_ns, view[c - 1].time.end_ns);
          }
          check_uniform(view[c], channel);
        }
      }
    }
  }
}

TEST_P(CaptureView, IsExactWhenZoomedIn) {
  const TimeRange all = file_->extent(ChannelId{0}).value().time;
  const double width_s = 40 * 20 / GetParam().shape.current_rate_hz;
  for (const double at : {0.0, 0.3, 0.77}) {
    const TimeNs begin_ns = from_seconds(all.seconds() * at) + 123;
    const TimeRange range{begin_ns, begin_ns + from_seconds(width_s)};
    const auto got = file_->view(k_current, range, 40).value();
    const auto expected = memory_.view(k_current, range, 40).value();
    for (std::size_t c = 0; c < 40 && !HasFailure(); ++c) {
      EXPECT_EQ(got[c].time, expected[c].time);
      EXPECT_EQ(got[c].count, expected[c].count);
      EXPECT_EQ(got[c].min, expected[c].min);
      EXPECT_EQ(got[c].max, expected[c].max);
      EXPECT_NEAR(got[c].mean, expected[c].mean, 1e-9 * std::abs(expected[c].mean));
    }
  }
}

TEST_P(TimedView, DrawsTimedSamplesWhereTheyHoldAndNothingInGaps) {
  const TimeRange all = file_->extent(ChannelId{0}).value().time;
  for (const std::size_t columns : {10U, 60U, 300U}) {
    const auto view = file_->view(ChannelId{0}, all, columns).value();
    for (std::size_t c = 0; c < columns && !HasFailure(); ++c) {
      SCOPED_TRACE(testing::Message() << "column " << c << " of " << columns);
      const std::array windows{view[c].time};
      const Integral brute = memory_.integrals(ChannelId{0}, windows, Boundary::fractional).value().front();
      EXPECT_EQ(view[c].count > 0, brute.samples > 0);
      if (brute.samples == 0) continue;
      EXPECT_LE(view[c].min, brute.min);  // whole entries reach over the column's edges
      EXPECT_GE(view[c].max, brute.max);
    }
  }
}

TEST_P(CaptureView, TakesAnyRange) {
  for (const TimeRange range : {k_all_time, TimeRange{5, 5}, TimeRange{9, 3}, TimeRange{-1'000'000'000, -5},
                                TimeRange{1'000'000'000'000'000, 2'000'000'000'000'000}}) {
    for (const ChannelId channel : {ChannelId{0}, k_power}) {
      const auto view = file_->view(channel, range, 50);
      ASSERT_TRUE(view) << view.error().message;
      EXPECT_EQ(view->size(), 50U);
    }
  }
  EXPECT_EQ(file_->view(ChannelId{0}, {0, 1}, 0).error().code, ErrorCode::usage);
}

const std::array k_uniform{
    Case{"Uniform", {.samples = 60'000}}, Case{"UniformWithGaps", {.samples = 60'000, .gap_chance = 0.1}},
    Case{"WithVoltage", {.voltage_rate_hz = 900, .samples = 40'000, .gap_chance = 0.02}}};
const std::array k_timed{Case{"Timed", {5'000, true, 0, false, 50'000, 0, false}},
                         Case{"TimedWithGaps", {5'000, true, 0, false, 50'000, 0.05, false}}};

std::string name_of_case(const testing::TestParamInfo<Case>& parameter) {
  return parameter.param.name;
}

INSTANTIATE_TEST_SUITE_P(Uniform, CaptureView, testing::ValuesIn(k_uniform), name_of_case);
INSTANTIATE_TEST_SUITE_P(Timed, CaptureView, testing::ValuesIn(k_timed), name_of_case);
INSTANTIATE_TEST_SUITE_P(Shapes, UniformView, testing::ValuesIn(k_uniform), name_of_case);
INSTANTIATE_TEST_SUITE_P(Shapes, TimedView, testing::ValuesIn(k_timed), name_of_case);

}  // namespace
}  // namespace joulemark
