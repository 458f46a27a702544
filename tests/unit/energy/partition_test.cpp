// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/partition.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace joulemark {
namespace {

using ::testing::ElementsAre;

Timeline timeline_of(std::vector<Event> events, std::uint32_t names) {
  Timeline timeline;
  for (std::uint32_t i = 0; i < names; ++i)
    timeline.names.push_back({std::string(1, static_cast<char>('a' + i)), 1, false});
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return a.time.begin_ns != b.time.begin_ns ? a.time.begin_ns < b.time.begin_ns
                                              : a.time.end_ns > b.time.end_ns;
  });
  timeline.events = std::move(events);
  return timeline;
}

std::vector<std::string> described(const Timeline& timeline, const std::vector<TimeNs>& guards,
                                   TimeRange span) {
  std::vector<Guard> around;
  around.reserve(guards.size());
  for (const TimeNs guard_ns : guards)
    around.push_back({guard_ns, guard_ns});
  const Partition partition = partition_time(timeline, around, span);
  std::vector<std::string> list;
  for (const Segment& segment : partition.segments) {
    list.push_back(partition.labels[segment.label] + " " + std::to_string(segment.time.begin_ns) + ".." +
                   std::to_string(segment.time.end_ns));
  }
  return list;
}

TEST(Partition, GivesEachInstantToTheInnermostOpenEvent) {
  const Timeline timeline = timeline_of({{{10, 50}, 0}, {{20, 30}, 1}, {{22, 25}, 2}}, 3);
  EXPECT_THAT(
      described(timeline, {0, 0, 0}, {0, 60}),
      ElementsAre("idle 0..10", "a 10..20", "b 20..22", "c 22..25", "b 25..30", "a 30..50", "idle 50..60"));
}

TEST(Partition, NamesOverlapThatIsNotNesting) {
  const Timeline timeline = timeline_of({{{10, 30}, 0}, {{20, 40}, 1}, {{0, 50}, 2}}, 3);
  EXPECT_THAT(described(timeline, {0, 0, 0}, {0, 50}),
              ElementsAre("c 0..10", "a 10..20", "a+b 20..30", "b 30..40", "c 40..50"));
}

TEST(Partition, GivesEqualWindowsToNeitherAlone) {
  const Timeline timeline = timeline_of({{{10, 30}, 0}, {{10, 30}, 1}, {{10, 40}, 2}, {{15, 20}, 2}}, 3);
  EXPECT_THAT(described(timeline, {0, 0, 0}, {0, 40}),
              ElementsAre("idle 0..10", "a+b 10..15", "c 15..20", "a+b 20..30", "c 30..40"));
  const Partition partition = partition_time(timeline, std::vector<Guard>(3), {0, 40});
  std::vector<std::string> labels;
  for (const std::uint32_t label : partition.event_labels)
    labels.push_back(partition.labels[label]);
  EXPECT_THAT(labels, ElementsAre("c", "a+b", "a+b", "c"));
}

TEST(Partition, LeavesClippedStretchesOutOfIdleAlone) {
  const Timeline timeline = timeline_of({{{10, 30}, 0}}, 1);
  Partition partition = partition_time(timeline, std::vector<Guard>(1), {0, 60});
  leave_out_clipped(std::vector<TimeRange>{{2, 4}, {6, 12}, {25, 28}, {29, 40}, {50, 90}}, partition);
  std::string text;
  for (const Segment& segment : partition.segments)
    text += partition.labels[segment.label] + " " + std::to_string(segment.time.begin_ns) + ".." +
            std::to_string(segment.time.end_ns) + "; ";
  EXPECT_EQ(
      text,
      "idle 0..2; clipped 2..4; idle 4..6; clipped 6..10; a 10..30; clipped 30..40; idle 40..50; clipped "
      "50..60; ");
}

TEST(Partition, CountsOneWindowDrawnTwiceOnce) {
  const Timeline timeline = timeline_of({{{10, 30}, 0}, {{10, 30}, 0}}, 1);
  EXPECT_THAT(described(timeline, {0}, {0, 30}), ElementsAre("idle 0..10", "a 10..30"));
}

TEST(Partition, KeepsGuardsApartFromIdleAndClipsToTheSpan) {
  const Timeline timeline = timeline_of({{{10, 20}, 0}, {{28, 30}, 0}, {{55, 90}, 0}}, 1);
  EXPECT_THAT(described(timeline, {5}, {8, 60}),
              ElementsAre("guard 8..10", "a 10..20", "guard 20..28", "a 28..30", "guard 30..35",
                          "idle 35..50", "guard 50..55", "a 55..60"));
}

TEST(Partition, AgreesWithLookingAtEachInstantOnItsOwn) {
  std::mt19937 random(7);
  std::uniform_int_distribution<TimeNs> at(0, 60);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Event> events;
    for (std::uint32_t name = 0; name < 5; ++name) {
      const TimeNs begin = at(random);
      events.push_back({{begin, begin + 1 + at(random) / 2}, name});
    }
    const Timeline timeline = timeline_of(events, 5);
    const Partition partition = partition_time(timeline, std::vector<Guard>(5), {0, 100});
    TimeNs reached = 0;
    for (const Segment& segment : partition.segments) {
      EXPECT_EQ(segment.time.begin_ns, reached);
      reached = segment.time.end_ns;
      for (TimeNs t = segment.time.begin_ns; t < segment.time.end_ns; ++t) {
        std::string label;
        const auto contains = [](const Event& outer, const Event& inner) {
          return outer.time.begin_ns <= inner.time.begin_ns && outer.time.end_ns >= inner.time.end_ns &&
                 outer.time != inner.time;
        };
        std::vector<std::uint32_t> innermost;
        for (const Event& e : timeline.events) {
          if (!e.time.contains(t)) continue;
          const bool has_inner =
              std::any_of(timeline.events.begin(), timeline.events.end(),
                          [&](const Event& other) { return other.time.contains(t) && contains(e, other); });
          if (!has_inner) innermost.push_back(e.name);
        }
        std::sort(innermost.begin(), innermost.end());
        for (const std::uint32_t name : innermost)
          label += (label.empty() ? "" : "+") + timeline.names[name].name;
        EXPECT_EQ(partition.labels[segment.label], label.empty() ? "idle" : label);
      }
    }
    EXPECT_EQ(reached, 100);
  }
}

TEST(Isolation, TellsNeighboursInTheGuardFromWhatIsNested) {
  const Timeline timeline =
      timeline_of({{{100, 200}, 0}, {{120, 130}, 1}, {{300, 400}, 0}, {{405, 500}, 0}}, 2);
  EXPECT_THAT(find_isolated(timeline, std::vector<Guard>{{10, 10}, {10, 10}}),
              ElementsAre(true, false, false, false));
  EXPECT_THAT(find_isolated(timeline, std::vector<Guard>{{2, 2}, {2, 2}}),
              ElementsAre(true, false, true, true));
}

TEST(Isolation, SeesALongNeighbourBehindAShortOne) {
  const Timeline timeline = timeline_of({{{0, 300}, 0}, {{10, 20}, 1}, {{305, 310}, 1}}, 2);
  EXPECT_THAT(find_isolated(timeline, std::vector<Guard>{{5, 5}, {5, 5}}), ElementsAre(false, false, false));
}

}  // namespace
}  // namespace joulemark
