// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/glitch_filter.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace joulemark {
namespace {

using ::testing::ElementsAre;

// Edges at the given microseconds, the first one rising; what a hold of 50 us leaves of them.
std::vector<TimeNs> kept(const std::vector<TimeNs>& times_us, GlitchFilter filter = GlitchFilter(50'000)) {
  std::vector<Edge> out;
  bool level = true;
  for (const TimeNs time : times_us) {
    filter.push({time * 1000, 0, LineId{0}, level}, out);
    level = !level;
  }
  filter.finish(out);
  std::vector<TimeNs> times;
  for (const Edge& edge : out)
    times.push_back(edge.time_ns / 1000);
  return times;
}

TEST(GlitchFilter, LeavesPulsesOfTheHoldTimeAlone) {
  EXPECT_THAT(kept({0, 50, 100, 5000}), ElementsAre(0, 50, 100, 5000));
}

TEST(GlitchFilter, DropsShortPulsesOfEitherLevel) {
  EXPECT_THAT(kept({1000, 1010, 2000, 3000}), ElementsAre(2000, 3000));  // a spike before an event
  EXPECT_THAT(kept({2000, 2500, 2510, 3000}), ElementsAre(2000, 3000));  // a dip inside one
  EXPECT_THAT(kept({2000, 3000, 3500, 3549}), ElementsAre(2000, 3000));  // a spike after one
}

TEST(GlitchFilter, KeepsTheTrueEdgeWhereItIsNextToAGlitch) {
  EXPECT_THAT(kept({1960, 1970, 2000, 3000}), ElementsAre(2000, 3000));  // a spike just before it
  EXPECT_THAT(kept({2000, 2020, 2025, 3000}), ElementsAre(2000, 3000));  // a dip just after it
  EXPECT_THAT(kept({2000, 2970, 2975, 3000}), ElementsAre(2000, 3000));  // a dip just before the end
  EXPECT_THAT(kept({2000, 3000, 3030, 3035}), ElementsAre(2000, 3000));  // a spike just after the end
}

TEST(GlitchFilter, CountsWhatItDropsAndWhere) {
  GlitchFilter filter(50'000);
  std::vector<Edge> out;
  for (const auto& [time_us, level] :
       {std::pair{100, true}, {110, false}, {500, true}, {500, false}, {900, true}})
    filter.push({time_us * 1000, 0, LineId{0}, level}, out);
  filter.finish(out);
  EXPECT_EQ(out.size(), 1U);
  EXPECT_EQ(filter.glitches(), 1);
  EXPECT_EQ(filter.zero_length(), 1);
  EXPECT_EQ(filter.where(), (TimeRange{100'000, 500'000}));
}

TEST(GlitchFilter, KeepsEverythingWithoutAHoldTime) {
  EXPECT_THAT(kept({0, 0, 1, 2}, GlitchFilter(0)), ElementsAre(0, 0, 1, 2));
}

TEST(GlitchFilter, StaysBoundedOnALineThatChatters) {
  GlitchFilter filter(50'000);
  std::vector<Edge> out;
  for (TimeNs i = 0; i < 1'000'000; ++i)
    filter.push({i * 1000, 0, LineId{0}, i % 2 == 0}, out);
  filter.finish(out);
  EXPECT_LT(out.size(), 2'000U);
  EXPECT_GT(filter.glitches(), 490'000);
}

TEST(GlitchFilter, LeavesNoShortPulseAndInventsNoEdge) {
  std::mt19937 random(3);
  std::uniform_int_distribution<TimeNs> step(1, 120);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<TimeNs> times{0};
    for (int i = 0; i < 60; ++i)
      times.push_back(times.back() + step(random));
    const auto left = kept(times);
    for (std::size_t i = 1; i < left.size(); ++i)
      EXPECT_GE(left[i] - left[i - 1], 50);
    for (const TimeNs time : left)
      EXPECT_TRUE(std::find(times.begin(), times.end(), time) != times.end());
  }
}

}  // namespace
}  // namespace joulemark
