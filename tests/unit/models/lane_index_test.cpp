// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/memory_capture.h>

#include <app/models/lane_index.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace joulemark {
namespace {

constexpr TimeRange k_extent{0, 1'000'000'000};

// Two lines with random edges and one that never moves, the first of them over 1 s.
struct Lines {
  MemoryCapture capture;
  std::vector<Edge> edges;

  explicit Lines(int count) {
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "test.current";
    info.channels[0].rate_hz = 1000;
    info.lines = {{LineId{4}, "a"}, {LineId{7}, "b"}, {LineId{9}, "still"}};
    EXPECT_TRUE(capture.begin(info));
    std::mt19937_64 random(5);
    std::vector<TimeNs> times;
    for (int i = 0; i < count; ++i)
      times.push_back(static_cast<TimeNs>(random() % 999'999'999));
    std::ranges::sort(times);
    times.erase(std::unique(times.begin(), times.end()), times.end());
    std::array<bool, 2> level{true, false};
    for (const TimeNs time_ns : times) {
      const std::size_t line = random() % 2;
      level[line] = !level[line];
      edges.push_back({time_ns, 0, LineId{line == 0 ? 4U : 7U}, level[line]});
      EXPECT_TRUE(capture.accept(edges.back()));
    }
    EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(1000, 0.F), {}}));
    EXPECT_TRUE(capture.end(EndReason::completed));
  }

  // By looking at every edge: what line 4 or 7 was between two times.
  [[nodiscard]] std::pair<bool, bool> high_low(std::uint32_t line, TimeNs begin_ns, TimeNs end_ns) const {
    bool level = line == 4;  // as it began
    bool high = false;
    bool low = false;
    TimeNs since = -1;
    const auto held = [&](TimeNs from, TimeNs to) {
      if (from < end_ns && to > begin_ns) (level ? high : low) = true;
    };
    for (const Edge& edge : edges) {
      if (edge.line.value != line) continue;
      held(since, edge.time_ns);
      level = edge.level;
      since = edge.time_ns;
    }
    held(since, 2'000'000'000);
    return {high, low};
  }
};

void expect_as_by_hand(Lines& lines, TimeRange range, std::size_t count) {
  const auto index = LaneIndex::build(lines.capture, k_extent);
  ASSERT_TRUE(index);
  const auto columns = index->columns(lines.capture, range, count);
  ASSERT_TRUE(columns);
  ASSERT_EQ(columns->size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const TimeNs begin_ns =
        range.begin_ns + range.length_ns() * static_cast<TimeNs>(i) / static_cast<TimeNs>(count);
    const TimeNs end_ns =
        range.begin_ns + range.length_ns() * static_cast<TimeNs>(i + 1) / static_cast<TimeNs>(count);
    for (const std::uint32_t lane : {0U, 1U}) {
      const auto [high, low] = lines.high_low(lane == 0 ? 4 : 7, begin_ns, end_ns);
      EXPECT_EQ(((*columns)[i].high >> lane) & 1U, high ? 1U : 0U) << "column " << i << " lane " << lane;
      EXPECT_EQ(((*columns)[i].low >> lane) & 1U, low ? 1U : 0U) << "column " << i << " lane " << lane;
    }
    EXPECT_EQ(((*columns)[i].high | (*columns)[i].low) & 4U, 0U)
        << "nothing is known of a line without edges";
  }
}

TEST(LaneIndex, ShowsTheLevelsZoomedIn) {
  Lines lines(200);
  expect_as_by_hand(lines, {300'000'000, 301'000'000}, 1000);  // 1 us a column, steps of 15 us
  expect_as_by_hand(lines, {0, 2'000'000}, 500);
  expect_as_by_hand(lines, {998'000'000, 1'000'000'000}, 500);
}

// Edges far apart against the steps, so that a column shows exactly what it holds.
TEST(LaneIndex, ShowsTheLevelsOfTheWholeAtOnce) {
  Lines lines(40);
  const auto index = LaneIndex::build(lines.capture, k_extent);
  ASSERT_TRUE(index);
  const auto columns = index->columns(lines.capture, k_extent, 100);
  ASSERT_TRUE(columns);
  for (std::size_t i = 0; i < 100; ++i) {
    const auto [high, low] = lines.high_low(4, static_cast<TimeNs>(i) * 10'000'000 + 16'000,
                                            static_cast<TimeNs>(i + 1) * 10'000'000 - 16'000);
    if (high) {
      EXPECT_EQ((*columns)[i].high & 1U, 1U) << i;
    }
    if (low) {
      EXPECT_EQ((*columns)[i].low & 1U, 1U) << i;
    }
  }
  EXPECT_EQ(index->edges(), static_cast<std::int64_t>(lines.edges.size()));
}

TEST(LaneIndex, KnowsNothingOutsideTheCapture) {
  Lines lines(50);
  const auto index = LaneIndex::build(lines.capture, k_extent);
  const auto columns = index->columns(lines.capture, {2'000'000'000, 3'000'000'000}, 10);
  ASSERT_TRUE(columns);
  for (const LaneColumn& column : *columns)
    EXPECT_EQ(column.high | column.low, 0U);
}

}  // namespace
}  // namespace joulemark
