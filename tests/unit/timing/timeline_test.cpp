// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/timeline.h>

#include <tests/support/waveform.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace joulemark {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One second of nothing, with edges.
class TimelineTest : public ::testing::Test {
 protected:
  void SetUp() override { test::record(capture_, {0, {}}, {.rate_hz = 100, .duration_s = 1}); }

  void edges(std::uint32_t line, const std::vector<std::pair<int, bool>>& list_ms) {
    for (const auto& [time_ms, level] : list_ms)
      test::edge(capture_, line, time_ms * 1e-3, level);
  }

  Timeline decode(const std::vector<std::string>& texts, TimeNs hold_ns = k_default_hold_ns) {
    std::vector<EventRule> rules;
    for (const std::string& text : texts)
      rules.push_back(parse_event_rule(text, capture_.info().lines).value());
    return decode_events(capture_, rules, {}, hold_ns).value();
  }

  // Begins and ends in ms.
  static std::vector<std::pair<TimeNs, TimeNs>> windows(const Timeline& timeline) {
    std::vector<std::pair<TimeNs, TimeNs>> list;
    for (const Event& event : timeline.events)
      list.emplace_back(event.time.begin_ns / 1'000'000, event.time.end_ns / 1'000'000);
    return list;
  }

  static std::vector<AnomalyKind> kinds(const Timeline& timeline) {
    std::vector<AnomalyKind> list;
    for (const Anomaly& anomaly : timeline.anomalies)
      list.push_back(anomaly.kind);
    return list;
  }

  MemoryCapture capture_;
};

using P = std::pair<TimeNs, TimeNs>;

TEST_F(TimelineTest, PairsLevelsOfEitherPolarity) {
  edges(0, {{10, true}, {20, false}, {30, true}, {40, false}});
  EXPECT_THAT(windows(decode({"a=d0"})), ElementsAre(P{10, 20}, P{30, 40}));
  const Timeline low = decode({"a=d0,active=low"});
  EXPECT_THAT(windows(low), ElementsAre(P{20, 30}));
  EXPECT_THAT(kinds(low), ElementsAre(AnomalyKind::unpaired_marker, AnomalyKind::never_ending));
}

TEST_F(TimelineTest, PairsFallingRisingAndEveryEdge) {
  edges(0,
        {{10, true}, {20, false}, {30, true}, {40, false}, {50, true}, {60, false}, {70, true}, {80, false}});
  EXPECT_THAT(windows(decode({"a=d0,pair=falling"})), ElementsAre(P{20, 40}, P{60, 80}));
  EXPECT_THAT(windows(decode({"a=d0,pair=rising"})), ElementsAre(P{10, 30}, P{50, 70}));
  EXPECT_THAT(windows(decode({"a=d0,pair=toggle"})), ElementsAre(P{10, 20}, P{30, 40}, P{50, 60}, P{70, 80}));
  EXPECT_THAT(windows(decode({"a=d0,pair=toggle,skip=1"})), ElementsAre(P{20, 30}, P{40, 50}, P{60, 70}));
  EXPECT_THAT(windows(decode({"a=d0,pair=falling,skip=1"})), ElementsAre(P{40, 60}));
}

TEST_F(TimelineTest, PairsALineRecordedOnItsFallingEdgesAlone) {
  edges(0, {{5, false}, {100, false}, {200, false}, {300, false}, {400, false}});
  const Timeline timeline = decode({"a=d0,pair=falling,skip=1"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{100, 200}, P{300, 400}));
  EXPECT_THAT(kinds(timeline), IsEmpty());
}

TEST_F(TimelineTest, SaysWhichEdgeHasNoPartner) {
  edges(0, {{5, false}, {100, false}, {200, false}});
  const Timeline timeline = decode({"a=d0,pair=falling"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{5, 100}));
  ASSERT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
  EXPECT_EQ(timeline.anomalies[0].time, (TimeRange{200'000'000, 1'000'000'000}));
}

TEST_F(TimelineTest, MakesNoEventOfALineActiveAtTheStart) {
  edges(0, {{10, false}, {30, true}, {40, false}});
  const Timeline timeline = decode({"a=d0"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{30, 40}));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
}

TEST_F(TimelineTest, MakesNoEventOfADoubledEdge) {
  edges(0,
        {{10, true}, {20, true}, {30, false}, {40, true}, {50, false}, {60, false}, {70, true}, {80, false}});
  const Timeline timeline = decode({"a=d0"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{40, 50}, P{70, 80}));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::doubled_marker, AnomalyKind::doubled_marker));
}

TEST_F(TimelineTest, KeepsTheParityOfATogglingLineThatLostAnEdge) {
  // The edge at 20 (down) is missing; 30 begins the next window as it would have.
  edges(0, {{10, true}, {30, true}, {40, false}, {50, true}, {60, false}});
  const Timeline timeline = decode({"a=d0,pair=toggle"});
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::doubled_marker));
  EXPECT_THAT(windows(timeline), ElementsAre(P{30, 40}, P{50, 60}));
}

TEST_F(TimelineTest, MakesNoEventOfAWindowThatNeverEnds) {
  edges(0, {{10, true}, {20, false}, {900, true}});
  const Timeline timeline = decode({"a=d0"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{10, 20}));
  ASSERT_THAT(kinds(timeline), ElementsAre(AnomalyKind::never_ending));
  EXPECT_EQ(timeline.anomalies[0].time, (TimeRange{900'000'000, 1'000'000'000}));
}

TEST_F(TimelineTest, RemembersWhenAnEventMayHaveBeenUnderWay) {
  edges(0, {{10, false}, {30, true}, {40, false}, {50, true}, {60, true}, {70, false}, {900, true}});
  std::vector<P> doubts;
  for (const Doubt& doubt : decode({"a=d0"}).doubts)
    doubts.emplace_back(std::max<TimeNs>(0, doubt.time.begin_ns) / 1'000'000, doubt.time.end_ns / 1'000'000);
  EXPECT_THAT(doubts, ElementsAre(P{0, 10}, P{50, 70}, P{900, 1000}));
}

// The falling edge that ended the first window is missing, somewhere between the two rising ones: the event
// may have lasted from 20 to 50.
TEST_F(TimelineTest, DoubtsAllOfAWindowWhoseEndIsLost) {
  edges(0, {{20, false}, {30, true}, {50, true}, {60, false}, {70, true}, {80, false}});
  const Timeline timeline = decode({"a=d0,pair=falling"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{60, 80}));
  TimeNs doubtful_ns = 0;
  for (TimeNs ms = 0; ms < 1000; ++ms) {
    const auto holds = [&](const Doubt& doubt) { return doubt.time.contains(ms * 1'000'000); };
    doubtful_ns += std::any_of(timeline.doubts.begin(), timeline.doubts.end(), holds) ? 1'000'000 : 0;
  }
  EXPECT_EQ(doubtful_ns, 30'000'000);
}

// The end of the first event and the begin of the second are gone: what is left looks like one good event.
TEST_F(TimelineTest, MakesNoEventOverATimeInWhichEdgesWereLost) {
  edges(0, {{10, true}, {20, false}, {30, true}, {60, false}, {70, true}, {80, false}});
  ASSERT_TRUE(capture_.accept(Anomaly{AnomalyKind::lost_edges,
                                      Severity::data_loss,
                                      std::nullopt,
                                      {35'000'000, 55'000'000},
                                      0,
                                      2,
                                      "2 edges were lost"}));
  const Timeline timeline = decode({"a=d0"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{10, 20}, P{70, 80}));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
  ASSERT_FALSE(timeline.doubts.empty());
  EXPECT_EQ(timeline.doubts.front().time, (TimeRange{30'000'000, 60'000'000}));
}

TEST_F(TimelineTest, HasNoDoubtsAboutALineWithoutFault) {
  edges(0, {{10, true}, {20, false}, {30, true}, {40, false}});
  EXPECT_THAT(decode({"a=d0", "b=d0,pair=toggle"}).doubts, IsEmpty());
}

TEST_F(TimelineTest, MakesNoEventOfNoLengthWithOrWithoutAHoldTime) {
  edges(0, {{10, true}, {10, false}, {30, true}, {40, false}});
  for (const TimeNs hold_ns : {TimeNs{0}, k_default_hold_ns}) {
    const Timeline timeline = decode({"a=d0"}, hold_ns);
    EXPECT_THAT(windows(timeline), ElementsAre(P{30, 40}));
    EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::zero_length));
  }
}

TEST_F(TimelineTest, CountsGlitchesPerLine) {
  test::edge(capture_, 0, 0.100, true);
  test::edge(capture_, 0, 0.10002, false);
  edges(0, {{200, true}});
  test::edge(capture_, 0, 0.25, false);
  test::edge(capture_, 0, 0.25001, true);
  edges(0, {{300, false}});
  const Timeline timeline = decode({"a=d0"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{200, 300}));
  ASSERT_THAT(kinds(timeline), ElementsAre(AnomalyKind::glitch));
  EXPECT_EQ(timeline.anomalies[0].count, 2);
  EXPECT_EQ(timeline.anomalies[0].severity, Severity::info);
}

TEST_F(TimelineTest, CountsTheEdgesThatAHoldTimeSwallows) {
  edges(0, {{10, true}, {30, false}, {100, true}, {120, false}, {200, true}, {300, false}});
  edges(1, {{500, false}, {510, false}, {700, false}});  // falling edges alone, so no pulses
  const Timeline timeline = decode({"a=d0", "b=d1,pair=falling"}, 50'000'000);
  EXPECT_THAT(windows(timeline), ElementsAre(P{200, 300}, P{500, 700}));
  EXPECT_EQ(timeline.markers.hold_s, 0.05);
  EXPECT_THAT(timeline.markers.lines, ElementsAre(LineReport{LineId{0}, 6, 4}, LineReport{LineId{1}, 3, 1}));
}

TEST_F(TimelineTest, OrdersNestedAndOverlappingLinesOuterFirst) {
  edges(0, {{10, true}, {100, false}});
  edges(1, {{10, true}, {20, false}, {50, true}, {60, false}});
  edges(2, {{90, true}, {120, false}});
  const Timeline timeline = decode({"inner=d1", "outer=d0", "late=d2"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{10, 100}, P{10, 20}, P{50, 60}, P{90, 120}));
  EXPECT_EQ(timeline.names[timeline.events[0].name].name, "outer");
}

TEST_F(TimelineTest, ReadsOneLineByTwoRules) {
  edges(0, {{10, true}, {20, false}, {30, true}, {40, false}});
  const Timeline timeline = decode({"run=d0", "rest=d0,active=low"});
  EXPECT_THAT(windows(timeline), ElementsAre(P{10, 20}, P{20, 30}, P{30, 40}));
}

TEST_F(TimelineTest, RefusesTwoEventsOfOneName) {
  const std::vector<EventRule> rules{{"a", LineId{0}}, {"a", LineId{1}}};
  EXPECT_EQ(decode_events(capture_, rules, {}, 0).error().code, ErrorCode::usage);
  const std::vector<NamedWindow> windows{{"b", {0, 1}}, {"b", {5, 6}}};
  EXPECT_EQ(decode_events(capture_, {}, windows, 0).value().names.size(), 1U);
}

TEST_F(TimelineTest, KeepsItsListOfAnomaliesBounded) {
  for (int i = 0; i < 5000; ++i)
    test::edge(capture_, 0, i * 1e-4, false);
  const Timeline timeline = decode({"a=d0"});
  EXPECT_LE(timeline.anomalies.size(), 110U);
  std::int64_t count = 0;
  for (const Anomaly& anomaly : timeline.anomalies)
    count += anomaly.count;
  EXPECT_EQ(count, 5000);
}

}  // namespace
}  // namespace joulemark
