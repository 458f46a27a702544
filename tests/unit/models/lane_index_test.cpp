// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/memory_capture.h>

#include <app/models/lane_index.h>

#include <tests/support/made_edges.h>

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

// Of a line without an edge beside one with edges, and of lines without any.
TEST(LaneIndex, KnowsWhatIsStatedOfALineWithoutAnEdge) {
  for (const int count : {0, 3, 5000}) {
    Lines lines(count);
    ASSERT_TRUE(lines.capture.accept(MetadataItem{"line.d9.initial", count == 3 ? "high" : "low"}));
    const auto index = LaneIndex::build(lines.capture, k_extent);
    ASSERT_TRUE(index);
    for (const TimeRange range : {k_extent, TimeRange{400'000'000, 400'100'000}}) {
      const auto columns = index->columns(lines.capture, range, 100);
      ASSERT_TRUE(columns);
      for (const LaneColumn& column : *columns) {
        EXPECT_EQ((column.high >> 2 & 1) != 0, count == 3);
        EXPECT_EQ((column.low >> 2 & 1) != 0, count != 3);
        EXPECT_EQ(((column.high | column.low) & 3U) == 0, count == 0);
      }
    }
  }
}

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

constexpr TimeNs k_s = 1'000'000'000;

// On two lines in turn: 40 edges 1 us apart, every 1 ms; after 250 of these a pause until 1 s is over.
Edge edge_in_bursts(std::int64_t number) {
  const std::int64_t burst = number / 40;
  const TimeNs time_ns = burst / 250 * k_s + burst % 250 * 1'000'000 + number % 40 * 1000;
  return {time_ns, 0, LineId{static_cast<std::uint32_t>(number % 2)}, number / 2 % 2 == 0};
}

// What line 0 or 1 was between two times, by looking at every edge.
std::pair<bool, bool> high_low_in_bursts(std::int64_t count, std::uint32_t line, TimeRange time) {
  bool high = false;
  bool low = false;
  bool level = false;  // the first edge rises
  TimeNs since = -1;
  const auto held = [&](TimeNs to) {
    if (since < time.end_ns && to > time.begin_ns) (level ? high : low) = true;
  };
  for (std::int64_t i = line; i < count; i += 2) {
    const Edge edge = edge_in_bursts(i);
    held(edge.time_ns);
    level = edge.level;
    since = edge.time_ns;
  }
  held(2000 * k_s);
  return {high, low};
}

// Whatever was is shown, and nothing that is further away than a column.
TEST(LaneIndex, ShowsBurstsAndPausesAtEveryZoom) {
  constexpr std::int64_t k_edges = 100'000;  // ten seconds
  MadeEdges source(2, k_edges, edge_in_bursts);
  const auto index = LaneIndex::build(source, {0, 10 * k_s});
  ASSERT_TRUE(index);
  constexpr TimeNs k_columns = 40;
  for (const TimeNs column_ns : {300L, 4000L, 150'000L, 800'000L, 30'000'000L, 250'000'000L}) {
    const TimeNs begin_ns = column_ns < 1'000'000 ? 3 * k_s + 4'017'100 : 0;
    const auto columns = index->columns(source, {begin_ns, begin_ns + k_columns * column_ns}, k_columns);
    ASSERT_TRUE(columns);
    for (TimeNs i = 0; i < k_columns; ++i) {
      const TimeRange time{begin_ns + i * column_ns, begin_ns + (i + 1) * column_ns};
      const TimeRange around{time.begin_ns - column_ns, time.end_ns + column_ns};
      const LaneColumn& shown = (*columns)[static_cast<std::size_t>(i)];
      for (const std::uint32_t line : {0U, 1U}) {
        const auto [high, low] = high_low_in_bursts(k_edges, line, time);
        const auto [high_near, low_near] = high_low_in_bursts(k_edges, line, around);
        const bool shown_high = ((shown.high >> line) & 1U) != 0;
        const bool shown_low = ((shown.low >> line) & 1U) != 0;
        EXPECT_TRUE(shown_high ? high_near : !high) << column_ns << " ns, column " << i << " line " << line;
        EXPECT_TRUE(shown_low ? low_near : !low) << column_ns << " ns, column " << i << " line " << line;
      }
    }
  }
}

// 2 million edges in the last twentieth of a capture, seen at every zoom: a picture reads some hundred edges
// a column, however many there are.
TEST(LaneIndex, ReadsNoMoreThanItsColumnsNeed) {
  constexpr std::int64_t k_edges = 2'000'000;
  constexpr std::size_t k_columns = 1000;
  const TimeNs busy_ns = 950 * k_s;
  MadeEdges source(2, k_edges, [&](std::int64_t i) {
    return Edge{busy_ns + i * 25'000, 0, LineId{static_cast<std::uint32_t>(i % 2)}, i / 2 % 2 == 0};
  });
  const auto index = LaneIndex::build(source, {0, 1000 * k_s});
  ASSERT_TRUE(index);
  EXPECT_EQ(source.given(), k_edges);
  for (TimeNs length_ns = 1000 * k_s; length_ns > 1'000'000; length_ns = length_ns * 4 / 5) {
    const std::int64_t before = source.given();
    ASSERT_TRUE(index->columns(source, {1000 * k_s - length_ns, 1000 * k_s}, k_columns));
    EXPECT_LE(source.given() - before, static_cast<std::int64_t>(200 * k_columns)) << length_ns << " ns";
  }
}

// As boards are recorded that mark by falling edges alone, from near and from far.
TEST(LaneIndex, ShowsEveryFallOfALineRecordedOneWay) {
  MadeEdges source(1, 5, [](std::int64_t i) { return Edge{(1 + 2 * i) * 100'000'000, 0, LineId{0}, false}; });
  const auto index = LaneIndex::build(source, k_extent);
  ASSERT_TRUE(index);
  for (const TimeNs column_ns : {1'000'000L, 20'000'000L}) {
    const TimeRange range{250'000'000, 250'000'000 + 30 * column_ns};
    const auto columns = index->columns(source, range, 30);
    ASSERT_TRUE(columns);
    for (TimeNs i = 0; i < 30; ++i) {
      const TimeNs begin_ns = range.begin_ns + i * column_ns;
      const TimeNs odd_ns = (begin_ns + column_ns - 1) / 100'000'000 * 100'000'000;  // the last 0.1 s in it
      const bool falls = odd_ns >= begin_ns && odd_ns / 100'000'000 % 2 == 1;
      EXPECT_EQ((*columns)[static_cast<std::size_t>(i)].high, falls ? 1U : 0U) << begin_ns;
      EXPECT_EQ((*columns)[static_cast<std::size_t>(i)].low, 1U);
    }
  }
}

TEST(LaneIndex, TakesTheLinesFromOneOn) {
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "test.current";
  info.channels[0].rate_hz = 1000;
  for (std::uint32_t line = 0; line < 40; ++line)
    info.lines.push_back({LineId{line}, ""});
  ASSERT_TRUE(capture.begin(info));
  ASSERT_TRUE(capture.accept(Edge{100'000'000, 0, LineId{3}, true}));
  ASSERT_TRUE(capture.accept(Edge{600'000'000, 0, LineId{39}, true}));
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(1000, 0.F), {}}));
  ASSERT_TRUE(capture.end(EndReason::completed));
  const auto index = LaneIndex::build(capture, k_extent, k_most_lanes);
  ASSERT_TRUE(index);

  const auto columns = index->columns(capture, k_extent, 10);
  ASSERT_TRUE(columns);
  EXPECT_EQ((*columns)[2].high, 0U);
  EXPECT_EQ((*columns)[2].low, 1U << 7);
  EXPECT_EQ((*columns)[8].high, 1U << 7);
  EXPECT_EQ((*columns)[8].low, 0U);
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
