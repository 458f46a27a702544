// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/formats/csv_import.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace joulemark {
namespace {

using test::import_text;
using test::Imported;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(CsvTime, AnEvenRateIsFoundThroughThePrintedRounding) {
  std::string text = "t_ms,current_ma\n";
  for (int i = 0; i < 30000; ++i)
    text += fmt::format("{:.3f},{}\n", 1000.0 * i / 1880.0, i);  // 0.5319148... ms, printed to 1 us
  const Imported got = import_text(text);
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_FALSE(got.channel().timed);
  EXPECT_EQ(got.channel().rate_hz, 1880);
  EXPECT_EQ(got.samples().size(), 30000U);
  EXPECT_EQ(got.samples().rbegin()->first, 29999);
}

TEST(CsvTime, ShortestDecimalsOfPpk2StayOneGrid) {
  std::string text = "Timestamp(ms),Current(uA)\n";
  for (int i = 0; i < 5000; ++i)
    text += fmt::format("{},{}\n", 49528.0 + i * 0.01, i);  // with floating-point dust
  const Imported got = import_text(text);
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().rate_hz, 100000);
  EXPECT_EQ(got.samples().rbegin()->first, 4999);
  EXPECT_EQ(got.capture->anomalies()->size(), 0U);
}

TEST(CsvTime, ALastRowWithoutALineBreakIsKeptAndSaid) {
  const Imported got = import_text("t_s,current_ma\n0,1\n1,2\n2,3.25");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.samples().at(2), 3.25F);
  const auto told = got.anomalies(AnomalyKind::truncated);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].severity, Severity::info);
  EXPECT_THAT(told[0].message, HasSubstr("line 4: the last row has no line break"));
}

TEST(CsvTime, LinesThatEndInCarriageReturnsAreRefusedWithTheCure) {
  EXPECT_THAT(import_text("t_s,current_ma\r0,1\r1,2\r").error(),
              HasSubstr("line 1: lines end in carriage returns"));
}

TEST(CsvTime, WholeIntervalsThatAreMissingAreAGap) {
  std::string text = "t_s,current_ma\n";
  for (int i = 0; i < 1000; ++i) {
    if (i < 300 || i >= 400) text += fmt::format("{:.3f},{}\n", i * 0.001, i);
  }
  const Imported got = import_text(text);
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().rate_hz, 1000);
  EXPECT_EQ(got.samples().count(300), 0U);
  EXPECT_EQ(got.samples().at(400), 400.F);
  const auto gaps = got.anomalies(AnomalyKind::gap);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].first_index, 300);
  EXPECT_EQ(gaps[0].count, 100);
  EXPECT_EQ(gaps[0].time, (TimeRange{300'000'000, 400'000'000}));
  EXPECT_THAT(gaps[0].message, HasSubstr("a.csv: line 302"));
  const auto extent = got.capture->extent(ChannelId{0});
  EXPECT_EQ(extent->lost_samples, 100);
}

TEST(CsvTime, UnevenTimesKeepTheirStamps) {
  const Imported got = import_text("t_us,current_ma\n100,1\n311,2\n933,3\n1147,4\n1361,5\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_TRUE(got.channel().timed);
  EXPECT_THAT(got.stamps(), ElementsAre(0, 211000, 833000, 1047000, 1261000));
  EXPECT_THAT(got.samples(),
              ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F), Pair(3, 4.F), Pair(4, 5.F)));
}

TEST(CsvTime, NothingIsHeldAcrossAHoleInUnevenTimes) {
  std::string text = "t_s,current_ma\n";
  for (int i = 0; i < 1000; ++i)
    text += fmt::format("{:.6f},10\n", i * 0.001 + (i % 7) * 0.00002 + (i < 500 ? 0 : 3));
  const Imported got = import_text(text, {"voltage=3.3V"});
  ASSERT_TRUE(got.status) << got.error();
  ASSERT_TRUE(got.channel().timed);
  EXPECT_NEAR(got.channel().rate_hz, 980.4, 1);  // most steps are 1.02 ms
  const auto gaps = got.anomalies(AnomalyKind::gap);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].severity, Severity::data_loss);
  EXPECT_EQ(gaps[0].time.end_ns, 3'500'060'000);
  EXPECT_THAT(gaps[0].message, HasSubstr("a.csv: line 502: nothing was recorded for 3.001 s"));
  EXPECT_EQ(gaps[0].count, std::llround(3.00104 / 1.02e-3) - 1);
  EXPECT_EQ(got.capture->extent(ChannelId{0})->lost_samples, gaps[0].count);
  const TimeRange hole{600'000'000, 3'400'000'000};
  const TimeRange all{0, 4'000'000'000};
  const auto power = got.capture->integrals(k_power, std::vector{hole, all}, Boundary::fractional);
  EXPECT_EQ((*power)[0].integral, 0);
  EXPECT_DOUBLE_EQ((*power)[0].missing_s, 2.8);
  EXPECT_NEAR((*power)[1].integral, 0.033 * 1.0, 0.033 * 0.001);
  EXPECT_NEAR((*power)[1].missing_s, 3.0, 0.001);
}

TEST(CsvTime, AnUnevenRowWithoutAUsableTimeIsAHoleToo) {
  const Imported got = import_text("t_us,current_ma\n100,1\n311,2\nOL,9\n933,3\n1147,4\n1361,5\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(),
              ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(3, 3.F), Pair(4, 4.F), Pair(5, 5.F)));
  EXPECT_EQ(got.anomalies(AnomalyKind::gap).at(0).count, 1);
}

TEST(CsvTime, JitterBeyondThePrintedDigitsIsNotSmoothedAway) {
  std::string text = "t_s,current_ma\n";
  for (int i = 0; i < 2000; ++i)
    text += fmt::format("{:.6f},{}\n", i * 0.001 + (i % 7) * 0.00002, i);
  const Imported got = import_text(text);
  ASSERT_TRUE(got.status);
  EXPECT_TRUE(got.channel().timed);
  EXPECT_EQ(got.stamps()[6], 6'120'000);
}

TEST(CsvTime, AClockThatRunsOffLateIsNoticedToo) {
  std::string text = "t_s,current_ma\n";
  for (int i = 0; i < 5000; ++i)
    text += fmt::format("{:.4f},{}\n", i < 4000 ? i * 0.01 : 40 + (i - 4000) * 0.0101, i);
  const Imported got = import_text(text);
  ASSERT_TRUE(got.status);
  EXPECT_TRUE(got.channel().timed);
}

TEST(CsvTime, LongTimesKeepEveryNanosecond) {
  const Imported got =
      import_text("t_ns,current_ma\n1700000000123456789,1\n1700000000123456799,2\n1700000000123456809,3\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().rate_hz, 1e8);
  EXPECT_EQ(got.metadata("source.first_time_ns"), "1700000000123456789");
  const Imported seconds =
      import_text("t_s,current_ma\n1700000000.123456789,1\n1700000000.123456799,2\n1700000000.123456809,3\n");
  EXPECT_EQ(seconds.channel().rate_hz, 1e8);
}

TEST(CsvTime, RateAloneIsEnough) {
  const Imported got = import_text("Timestamp(ms),Current(uA)\n0,1\n7,2\nx,3\n", {"rate=2kHz"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().rate_hz, 2000);
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F)));
}

TEST(CsvTime, ARowThatRepeatsOrFallsBackIsLeftOutAndCounted) {
  const Imported got = import_text("t_ms,current_ma\n0,1\n1,2\n1,9\n2,3\n0.5,9\n-7,9\n3,4\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F), Pair(3, 4.F)));
  EXPECT_EQ(got.anomalies(AnomalyKind::duplicate_time).at(0).count, 1);
  const auto unsorted = got.anomalies(AnomalyKind::unsorted);
  EXPECT_EQ(unsorted.at(0).count, 2);
  EXPECT_THAT(unsorted.at(0).message, HasSubstr("line 6"));
}

TEST(CsvTime, ALoneTimeFarAheadCostsItsOwnRowOnly) {
  std::string text = "t_s,current_ma\n";
  for (int i = 0; i < 1000; ++i)
    text += fmt::format("{:.3f},{}\n", i == 500 ? 5000 : i * 0.001, i);
  const Imported got = import_text(text);
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().rate_hz, 1000);
  EXPECT_EQ(got.samples().size(), 999U);
  EXPECT_EQ(got.samples().count(500), 0U);
  EXPECT_EQ(got.samples().at(501), 501.F);
  const auto wrong = got.anomalies(AnomalyKind::unsorted);
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong[0].message,
            "1 row with a later time than the row behind was left out (first: a.csv: line 502)");
  const auto gaps = got.anomalies(AnomalyKind::gap);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].first_index, 500);
  EXPECT_EQ(gaps[0].count, 1);
}

TEST(CsvTime, ALoneWrongTimeInFrontOrAmongUnevenOnesCostsItsOwnRowOnly) {
  const Imported front = import_text("t_ms,current_ma\n90000,9\n0,1\n1,2\n2,3\n3,4\n");
  EXPECT_THAT(front.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F), Pair(3, 4.F)));
  EXPECT_EQ(front.metadata("source.first_time_ns"), "0");
  const Imported uneven = import_text("t_us,current_ma\n100,1\n311,2\n77777,9\n933,3\n1147,4\n1361,5\n");
  EXPECT_THAT(uneven.samples(),
              ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(3, 3.F), Pair(4, 4.F), Pair(5, 5.F)));
  EXPECT_EQ(uneven.anomalies(AnomalyKind::gap).at(0).count, 1);
}

TEST(CsvTime, AJumpThatTheNextRowsFollowIsAGap) {
  std::string text = "t_s,current_ma\n";
  for (int i = 0; i < 1000; ++i)
    text += fmt::format("{:.3f},{}\n", i * 0.001 + (i < 500 ? 0 : 100), i);
  const Imported got = import_text(text);
  EXPECT_EQ(got.samples().size(), 1000U);
  EXPECT_EQ(got.samples().at(100'500), 500.F);
  EXPECT_EQ(got.anomalies(AnomalyKind::gap).at(0).count, 100'000);
  EXPECT_TRUE(got.anomalies(AnomalyKind::unsorted).empty());
}

TEST(CsvTime, ARowCutOffSaysNothingOfTheTimeBeforeIt) {
  const Imported got = import_text("t_ms,current_ma\n1,1\n2,2\n13,3\n2");
  EXPECT_EQ(got.samples().at(12), 3.F);
}

struct Rounding {
  double rate_hz;
  double step_ms;
  bool down;

  friend void PrintTo(const Rounding& self, std::ostream* out) {
    *out << self.rate_hz << " Hz in steps of " << self.step_ms << " ms" << (self.down ? ", down" : "");
  }
};

class CsvRoundedTimes : public testing::TestWithParam<Rounding> {
 protected:
  // Every row is there, except that hole of them before the row at.
  static std::string rows(int count, int at = 0, int hole = 0) {
    const auto& [rate_hz, step_ms, down] = GetParam();
    std::string text = "t_ms,current_ma\n";
    for (int i = 0; i < count; ++i) {
      const double steps = 1000.0 * (i < at ? i : i + hole) / rate_hz / step_ms;
      text += fmt::format("{:.0f},{}\n", (down ? std::floor(steps) : std::round(steps)) * step_ms, i % 100);
    }
    return text;
  }
};

TEST_P(CsvRoundedTimes, KeepEveryRowOnAnEvenGridAndSaySo) {
  constexpr int k_rows = 20'000;
  const Imported got = import_text(rows(k_rows));
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_FALSE(got.channel().timed);
  const double rel = GetParam().step_ms * GetParam().rate_hz / 1000 / k_rows;
  EXPECT_NEAR(got.channel().rate_hz, GetParam().rate_hz, 2 * rel * GetParam().rate_hz);
  EXPECT_EQ(got.samples().size(), static_cast<std::size_t>(k_rows));
  EXPECT_EQ(got.samples().rbegin()->first, k_rows - 1);
  EXPECT_TRUE(got.anomalies(AnomalyKind::gap).empty());
  const auto told = *got.capture->anomalies();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].severity, Severity::doubtful);
  EXPECT_THAT(told[0].message, HasSubstr(fmt::format("rounded to steps of {:.0f}.0", GetParam().step_ms)));
}

TEST_P(CsvRoundedTimes, AreNotTakenForEvenAcrossAHole) {
  const Imported got = import_text(rows(20'000, 7000, 3000));
  if (got.status) {
    EXPECT_FALSE(got.anomalies(AnomalyKind::gap).empty());
    if (GetParam().rate_hz > 1100) {
      EXPECT_THAT(got.anomalies(AnomalyKind::duplicate_time).at(0).message, HasSubstr("--option rate="));
    }
  } else {
    EXPECT_THAT(got.error(), HasSubstr("too coarse"));
    EXPECT_THAT(got.error(), HasSubstr("--option rate="));
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, CsvRoundedTimes,
                         testing::Values(Rounding{10'000, 1, true}, Rounding{1880, 1, false},
                                         Rounding{1234.5, 1, true}, Rounding{990, 1, false},
                                         Rounding{666.7, 1, true}, Rounding{400, 1, false},
                                         Rounding{1000, 16, true}));

TEST(CsvTime, OneSampleMissingByAStepOfTheTimesMayBeRounding) {
  const Imported got = import_text("t_ms,current_ma\n0,1\n1,2\n2,3\n4,4\n5,5\n");
  EXPECT_THAT(got.anomalies(AnomalyKind::gap).at(0).message,
              HasSubstr("1 sample missing before this row, or its time is rounded up"));
}

TEST(CsvTime, TimesTooCoarseForTheRateAreRefused) {
  std::string text = "t_ms,current_ma\n";
  for (int i = 0; i < 1000; ++i)
    text += fmt::format("{},{}\n", i / 10 + (i < 500 ? 0 : 300), i);
  const Imported got = import_text(text);
  ASSERT_FALSE(got.status);
  EXPECT_THAT(got.error(), HasSubstr("too coarse"));
  EXPECT_THAT(got.error(), HasSubstr("--option rate="));
}

TEST(CsvTime, EnergyPerRowNeedsEvenTimes) {
  const Imported got = import_text("t_us,e\n100,1\n311,2\n933,3\n1147,4\n", {"energy=2:uJ"});
  ASSERT_FALSE(got.status);
  EXPECT_THAT(got.error(), HasSubstr("not evenly spaced"));
}

TEST(CsvTime, TimesBeyondReasonAreLeftOut) {
  const Imported got =
      import_text("t_s,current_ma\n0,1\n1,2\n99999999999999999999,9\n1e400,9\n2,3\nnan,9\n1e12,9\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F)));
  EXPECT_EQ(got.anomalies(AnomalyKind::invalid_value).at(0).count, 4);
}

}  // namespace
}  // namespace joulemark
