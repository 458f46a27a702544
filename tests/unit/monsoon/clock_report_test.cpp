// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/memory_capture.h>

#include <drivers/monsoon/clock_report.h>

#include <tests/support/fake_time.h>
#include <tests/unit/monsoon/arrivals.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace joulemark::monsoon {
namespace {

using test::Arrivals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// What stands in a recording of these arrivals.
struct Told {
  MemoryCapture capture;

  explicit Told(const Arrivals& arrivals) {
    ArrivalClock clock;
    arrivals.feed(clock, 1);
    test::FakeTime time;
    EXPECT_TRUE(capture.begin({}));
    EXPECT_TRUE(tell_clock(clock, time, from_seconds(arrivals.seconds), capture));
  }
  std::string metadata(const std::string& key) {
    const auto items = capture.metadata().value();
    for (const MetadataItem& item : items)
      if (item.key == key) return item.value;
    return "";
  }
  std::vector<Anomaly> anomalies() { return capture.anomalies().value(); }
};

// Late by something else every half second.
double erratic(double due_s) {
  constexpr std::array k_late_s{0.031, 0.094, 0.052, 0.008, 0.077, 0.045,
                                0.099, 0.021, 0.063, 0.086, 0.014, 0.058};
  return due_s + k_late_s[static_cast<std::size_t>(due_s / 0.5) % k_late_s.size()];
}

TEST(ClockReport, OfACrystalStatesDriftAndUncertaintyAndNoAnomaly) {
  Told told({.drift_ppm = 60});
  EXPECT_NEAR(std::stod(told.metadata("instrument.clock_drift_ppm")), 60, 1);
  EXPECT_LT(std::stod(told.metadata("instrument.clock_drift_sigma_ppm")), 1);
  EXPECT_LT(std::stod(told.metadata("instrument.clock_residual_s")), 1e-5);
  EXPECT_THAT(told.anomalies(), IsEmpty());
}

TEST(ClockReport, ADriftBeyondWhatCrystalsKeepIsDoubtful) {
  Told told({.drift_ppm = -1000});
  ASSERT_THAT(told.anomalies(), SizeIs(1));
  EXPECT_EQ(told.anomalies()[0].kind, AnomalyKind::clock_drift);
  EXPECT_EQ(told.anomalies()[0].severity, Severity::doubtful);
  EXPECT_THAT(told.anomalies()[0].message, HasSubstr("1000 ppm slow"));
}

TEST(ClockReport, AClockThatCouldNotBeCheckedIsTold) {
  Told told({.seconds = 6, .host_is_free_s = erratic});
  ASSERT_THAT(told.anomalies(), SizeIs(1));
  EXPECT_EQ(told.anomalies()[0].kind, AnomalyKind::clock_drift);
  EXPECT_EQ(told.anomalies()[0].severity, Severity::info);
  EXPECT_THAT(told.anomalies()[0].message, HasSubstr("could not be checked"));
  EXPECT_GT(std::stod(told.metadata("instrument.clock_drift_sigma_ppm")), 50);
}

TEST(ClockReport, OfAShortRecordingTheDriftIsSaidToBeUnknown) {
  Told told({.seconds = 3});
  EXPECT_THAT(told.metadata("instrument.clock_drift_ppm"), HasSubstr("unknown"));
  EXPECT_THAT(told.anomalies(), IsEmpty());
}

TEST(ClockReport, AHostThatNeverCaughtUpIsTold) {
  const auto ever_slower = [](double due_s) { return 1.05 * due_s + 0.01; };
  Told told({.seconds = 12, .host_is_free_s = ever_slower, .handling_s = 0});
  EXPECT_THAT(told.metadata("instrument.clock_drift_ppm"), HasSubstr("unknown"));
  ASSERT_THAT(told.anomalies(), SizeIs(1));
  EXPECT_EQ(told.anomalies()[0].severity, Severity::info);
  EXPECT_THAT(told.anomalies()[0].message, HasSubstr("not known at all"));
}

TEST(ClockReport, TheUncertaintyOfAPairingCoversHowLateItWas) {
  ArrivalClock clock;
  Arrivals{.seconds = 9}.feed(clock, 1);
  ASSERT_TRUE(clock.take_point(true));
  test::FakeTime time;
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin({}));
  clock.observe(5000 * 10, Arrivals::k_begin_ns + from_seconds(10.3));
  ASSERT_TRUE(tell_clock_point(clock, time, true, capture));
  const auto points = capture.clock_points().value();
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_NEAR(to_seconds(points[1].uncertainty_ns), 0.3 + 2e-3, 1e-3);
}

}  // namespace
}  // namespace joulemark::monsoon
