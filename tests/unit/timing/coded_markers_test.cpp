// SPDX-License-Identifier: Apache-2.0
// Coded markers, made by the header that a target's firmware compiles: what it marks must come back.
#include <analysis/model/memory_capture.h>
#include <analysis/timing/timeline.h>

#include <tests/support/waveform.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace {

// Puts take effect one microsecond after another.
struct Target {
  std::uint32_t levels = 0;
  joulemark::TimeNs now_ns = 100'000'000;
  std::vector<joulemark::Edge> edges;

  void put(std::uint32_t lines, std::uint32_t wanted) {
    const std::uint32_t before = levels;
    levels = (levels & ~lines) | wanted;
    now_ns += 1'000;
    for (std::uint32_t line = 0; line < 4; ++line) {
      if (((levels ^ before) >> line & 1) != 0)
        edges.push_back({now_ns, 500, joulemark::LineId{line}, (levels >> line & 1) != 0});
    }
  }
  void run(joulemark::TimeNs us) { now_ns += us * 1000; }
};
Target target;
void put(std::uint32_t lines, std::uint32_t wanted) {
  target.put(lines, wanted);
}

}  // namespace

#define JM_MARKER_LINES 3
#define JM_MARKER_CODED
#define JM_MARKER_STROBE
#define JM_MARKER_PORT_HOOK put
#include <jm_marker.h>

JM_MARKER_EVENT(inference, 1)
JM_MARKER_EVENT(layer, 2)
JM_MARKER_EVENT(radio, 4)
JM_MARKER_INSTANT(keyword, 7)

namespace joulemark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CodedMarkers : public testing::Test {
 protected:
  CodedMarkers() {
    target = Target();
    jm_marker_depth = jm_marker_strobe = 0;  // as after a reset
    jm_marker_setup();
  }

  [[nodiscard]] Timeline decode(const std::string& text) const {
    MemoryCapture capture;
    test::record(capture, {0, {}}, {.rate_hz = 100, .duration_s = 1});
    for (const Edge& edge : target.edges)
      EXPECT_TRUE(capture.accept(edge));
    for (const TimeRange& time : lost_)
      EXPECT_TRUE(
          capture.accept(Anomaly{AnomalyKind::lost_edges, Severity::data_loss, {}, time, 0, 1, "lost"}));
    const joulemark::CodedMarkers coded{parse_marker_code(text, capture.info().lines).value(),
                                        {{1, "inference"}, {2, "layer"}, {4, "radio"}, {7, "keyword"}}};
    return decode_events(capture, {}, {}, k_default_hold_ns, coded).value();
  }

  // A pulse that the target did not make, in microseconds since it began.
  static void spike(std::uint32_t line, TimeNs begin_us, TimeNs end_us) {
    const auto before = std::find_if(target.edges.rbegin(), target.edges.rend(), [&](const Edge& edge) {
      return edge.line.value == line && edge.time_ns < 100'000'000 + begin_us * 1000;
    });
    const bool level = before != target.edges.rend() && before->level;
    target.edges.push_back({100'000'000 + begin_us * 1000, 500, LineId{line}, !level});
    target.edges.push_back({100'000'000 + end_us * 1000, 500, LineId{line}, level});
    std::ranges::stable_sort(target.edges, {}, &Edge::time_ns);
  }

  // "inference 100..200", in microseconds since the target began.
  static std::vector<std::string> told(const Timeline& timeline) {
    std::vector<std::string> list;
    for (const Event& event : timeline.events)
      list.push_back(timeline.names[event.name].name + " " +
                     std::to_string((event.time.begin_ns - 100'000'000) / 1000) + ".." +
                     std::to_string((event.time.end_ns - 100'000'000) / 1000));
    return list;
  }
  static std::vector<AnomalyKind> kinds(const Timeline& timeline) {
    std::vector<AnomalyKind> list;
    for (const Anomaly& anomaly : timeline.anomalies)
      list.push_back(anomaly.kind);
    return list;
  }
  void strip_strobe() {
    std::erase_if(target.edges, [](const Edge& edge) { return edge.line.value == 3; });
  }

  std::vector<TimeRange> lost_;
};

// jm_marker_setup has taken 1 us; each code takes 1 us and its strobe one more.
void nested() {
  target.run(97);
  jm_marker_begin(inference);  // code at 99, strobe at 100
  target.run(98);
  jm_marker_begin(layer);  // 199, 200
  target.run(98);
  jm_marker_end(layer);  // 299, 300
  target.run(98);
  jm_marker_end(inference);  // 399, 400
  target.run(98);
  jm_marker_begin(radio);  // 499, 500
  target.run(98);
  jm_marker_end(radio);  // 599, 600
}

TEST_F(CodedMarkers, NestAsTheTargetNestedThem) {
  nested();
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("inference 100..400", "layer 200..300", "radio 500..600"));
  EXPECT_THAT(timeline.anomalies, IsEmpty());
  EXPECT_THAT(timeline.doubts, IsEmpty());
}

TEST_F(CodedMarkers, CountWithoutAStrobeOnceTheyAreStable) {
  nested();
  strip_strobe();
  const Timeline timeline = decode("code:d0-d2,settle=20us");
  EXPECT_THAT(told(timeline), ElementsAre("inference 99..399", "layer 199..299", "radio 499..599"));
  EXPECT_THAT(timeline.anomalies, IsEmpty());
}

TEST_F(CodedMarkers, TellEqualCodesApartByTheStrobe) {
  target.run(97);
  jm_marker_begin(layer);  // 100
  target.run(48);
  jm_marker_begin(layer);  // 150, in itself
  target.run(48);
  jm_marker_end(layer);  // 200
  target.run(48);
  jm_marker_end(layer);  // 250
  EXPECT_THAT(told(decode("code:d0-d2,strobe=d3")), ElementsAre("layer 100..250", "layer 150..200"));
}

TEST_F(CodedMarkers, FollowEachOtherAtOnceWithAStrobe) {
  target.run(97);
  jm_marker_begin(inference);  // 100
  target.run(50);
  jm_marker_end(inference);  // 152
  jm_marker_begin(radio);    // 154
  target.run(50);
  jm_marker_end(radio);  // 206
  EXPECT_THAT(told(decode("code:d0-d2,strobe=d3")), ElementsAre("inference 100..152", "radio 154..206"));
}

TEST_F(CodedMarkers, AreLeftOutWhenAnEndWasTooShortToCount) {
  // The 0 between the two lasts 2 us: whether inference ended there, or radio began within it, is not known.
  target.run(97);
  jm_marker_begin(inference);
  target.run(50);
  jm_marker_end(inference);
  jm_marker_begin(radio);
  target.run(50);
  jm_marker_end(radio);
  target.run(100);
  jm_marker_begin(layer);  // 307
  target.run(50);
  jm_marker_end(layer);
  target.run(100);
  strip_strobe();
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(told(timeline), ElementsAre("layer 307..359"));
  EXPECT_THAT(kinds(timeline), testing::Contains(AnomalyKind::unpaired_marker));
  EXPECT_THAT(timeline.doubts, testing::Not(IsEmpty()));
}

TEST_F(CodedMarkers, KeepTheInnermostWhenTwoEndAtOnce) {
  target.run(97);
  jm_marker_begin(inference);
  target.run(50);
  jm_marker_begin(layer);  // 151
  target.run(50);
  jm_marker_end(layer);  // 203
  jm_marker_end(inference);
  target.run(100);
  strip_strobe();
  const Timeline timeline = decode("code:d0-d2");
  ASSERT_THAT(timeline.events, SizeIs(1));
  EXPECT_THAT(told(timeline)[0], HasSubstr("layer"));
  EXPECT_EQ(timeline.events[0].resolution_ns, 2'500U);  // the two ends are 2 us apart, each exact to 0.5 us
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
}

TEST_F(CodedMarkers, GiveInstantsTheirMoment) {
  target.run(97);
  jm_marker_instant(keyword);  // 100, 102
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("keyword 100..102"));
}

TEST_F(CodedMarkers, CountWhatWasTooShortAsGlitches) {
  target.run(97);
  jm_marker_instant(keyword);
  target.run(100);
  strip_strobe();
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(timeline.events, IsEmpty());
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::glitch));
}

TEST_F(CodedMarkers, SayWhenAStrobeIsMissing) {
  nested();
  // The strobe for the layer's begin is lost.
  const auto lost = std::ranges::find_if(
      target.edges, [](const Edge& edge) { return edge.line.value == 3 && edge.time_ns == 100'200'000; });
  ASSERT_NE(lost, target.edges.end());
  target.edges.erase(lost);
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("radio 500..600"));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
}

TEST_F(CodedMarkers, NeverReachOverLostEdges) {
  nested();
  lost_ = {{100'220'000, 100'280'000}};
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("radio 500..600"));
}

TEST_F(CodedMarkers, WaitForTheEndOfWhatWasOpenAtTheStart) {
  nested();
  target.edges.erase(target.edges.begin(), target.edges.begin() + 4);  // inference and layer have begun
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("radio 500..600"));
  ASSERT_THAT(timeline.doubts, testing::Not(IsEmpty()));
  EXPECT_EQ(timeline.doubts[0].time.end_ns, 100'400'000);
}

TEST_F(CodedMarkers, SayWhatIsStillOpenAtTheEnd) {
  target.run(97);
  jm_marker_begin(radio);
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(timeline.events, IsEmpty());
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::never_ending));
}

TEST_F(CodedMarkers, ReadALineThatIsStampedLateWithItsStrobe) {
  nested();
  for (Edge& edge : target.edges) {  // code lines by interrupts, 25 us wide; their stamps 5 us late
    if (edge.line.value == 3) continue;
    edge.time_ns += 5'000;
    edge.resolution_ns = 25'000;
  }
  std::ranges::stable_sort(target.edges, {}, &Edge::time_ns);
  EXPECT_THAT(told(decode("code:d0-d2,strobe=d3")),
              ElementsAre("inference 100..400", "layer 200..300", "radio 500..600"));
}

// d0 is exact, the others may be stamped early or late: from 1 to 2 and back the lines seem to pass 3 or 0.
TEST_F(CodedMarkers, ChangeTwoLinesOfUnlikeResolutionAtOnce) {
  for (const TimeNs late_us : {-12, 12}) {
    target = Target();
    jm_marker_depth = 0;
    nested();
    strip_strobe();
    for (Edge& edge : target.edges) {
      if (edge.line.value == 0) continue;
      edge.time_ns += late_us * 1000;
      edge.resolution_ns = 25'000;
    }
    std::ranges::stable_sort(target.edges, {}, &Edge::time_ns);
    const Timeline timeline = decode("code:d0-d2");
    ASSERT_THAT(timeline.events, SizeIs(3)) << late_us;
    EXPECT_THAT(timeline.anomalies, IsEmpty()) << late_us;
    EXPECT_NEAR(static_cast<double>(timeline.events[1].time.length_ns()), 100e3, 12e3);
  }
}

// A zero that no inexactness explains is an end, of which it is not known what ended.
TEST_F(CodedMarkers, AreLeftOutWhenZeroLastedLongerThanEdgesAreInexact) {
  target.run(97);
  jm_marker_begin(inference);
  target.run(98);
  jm_marker_end(inference);
  target.run(15);
  jm_marker_begin(layer);
  target.run(98);
  jm_marker_end(layer);
  target.run(98);
  strip_strobe();
  for (Edge& edge : target.edges)
    edge.resolution_ns = edge.line.value == 0 ? 500 : 25'000;
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(timeline.events, IsEmpty());
  EXPECT_THAT(kinds(timeline), testing::Contains(AnomalyKind::unpaired_marker));
}

TEST_F(CodedMarkers, AreNotMergedWhenTheTimeBetweenThemIsTooShortToCount) {
  target.run(97);
  for (int i = 0; i < 3; ++i) {  // 2 us from each to the next
    jm_marker_begin(inference);
    target.run(50);
    jm_marker_end(inference);
  }
  target.run(100);
  strip_strobe();
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(timeline.events, IsEmpty());
  EXPECT_THAT(kinds(timeline), testing::Contains(AnomalyKind::unpaired_marker));
  EXPECT_THAT(told(decode("code:d0-d2,settle=1us")),
              ElementsAre("inference 99..151", "inference 153..205", "inference 207..259"));
}

TEST_F(CodedMarkers, AreLeftOutWhenTwoCameWithinTheSettlingTime) {
  target.run(97);
  jm_marker_begin(inference);  // for 2 us, then a layer in it
  jm_marker_begin(layer);
  target.run(50);
  jm_marker_end(layer);  // inference is shown again: it did not begin here
  target.run(50);
  jm_marker_end(inference);
  target.run(100);
  jm_marker_begin(radio);  // 307
  target.run(50);
  jm_marker_end(radio);
  strip_strobe();
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(told(timeline), ElementsAre("radio 307..359"));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
}

TEST_F(CodedMarkers, LeaveOutAPulseOnTheStrobe) {
  nested();
  spike(3, 150, 151);
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("inference 100..400", "layer 200..300", "radio 500..600"));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::glitch));
}

TEST_F(CodedMarkers, LeaveOutAPulseOnALine) {
  nested();
  spike(2, 150, 155);
  EXPECT_THAT(told(decode("code:d0-d2,strobe=d3")),
              ElementsAre("inference 100..400", "layer 200..300", "radio 500..600"));
  strip_strobe();
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(told(timeline), ElementsAre("inference 99..399", "layer 199..299", "radio 499..599"));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::glitch));
}

TEST_F(CodedMarkers, TakeBackWhatALostEdgeLetThemBelieve) {
  target.run(97);
  for (const bool with_d1 : {true, false, false, true}) {  // 3, 1, 1, 3
    target.put(7, with_d1 ? 3U : 1U);
    target.run(99);
    target.put(7, 0);
    target.run(99);
  }
  // d1 seems to stay high after the first: 1 would read as 3, and nothing shows it before d1 rises again.
  const auto lost = std::ranges::find_if(
      target.edges, [](const Edge& edge) { return edge.line.value == 1 && !edge.level; });
  target.edges.erase(lost);
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(timeline.events, IsEmpty());  // the last one began out of step
  EXPECT_THAT(kinds(timeline), testing::Contains(AnomalyKind::unpaired_marker));
}

TEST_F(CodedMarkers, SayWhenTwoStrobesAreMissing) {
  nested();  // both strobes of the layer lost: the strobe's levels still alternate
  std::erase_if(target.edges, [](const Edge& edge) {
    return edge.line.value == 3 && edge.time_ns >= 100'200'000 && edge.time_ns <= 100'300'000;
  });
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("radio 500..600"));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
}

TEST_F(CodedMarkers, SayWhenAnEndHasNoBegin) {
  target.run(97);
  jm_marker_show(0);  // 100
  nested();
  const Timeline timeline = decode("code:d0-d2,strobe=d3");
  EXPECT_THAT(told(timeline), ElementsAre("inference 199..499", "layer 299..399", "radio 599..699"));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
  ASSERT_THAT(timeline.doubts, SizeIs(1));
  EXPECT_EQ(timeline.doubts[0].time.end_ns, 100'100'000);
}

// The rise of d1 is lost: what follows reads as 1 within a 3, unless the edges after the loss are heeded.
TEST_F(CodedMarkers, TakeTheLevelsAfterALossFromWhatFollows) {
  target.run(97);
  target.put(7, 2);  // 99
  target.run(49);
  target.put(7, 3);  // 149: within it
  target.run(49);
  target.put(7, 2);  // 199
  target.run(49);
  target.put(7, 0);  // 249
  target.run(49);
  target.put(7, 1);  // 299
  target.run(49);
  target.put(7, 0);  // 349
  target.edges.erase(target.edges.begin());
  lost_ = {{100'050'000, 100'120'000}};
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(told(timeline), ElementsAre("inference 299..349"));
  EXPECT_THAT(timeline.anomalies, IsEmpty());  // all fits
}

// The fall of d1 is lost: that it is low again is known before it moves again.
TEST_F(CodedMarkers, GoOnAfterALossAtOnceWhenNothingIsOpen) {
  target.run(97);
  for (const std::uint32_t code : {2U, 1U, 2U}) {  // 99..149, 199..249, 299..349
    target.put(7, code);
    target.run(49);
    target.put(7, 0);
    target.run(49);
  }
  target.edges.erase(target.edges.begin() + 1);
  lost_ = {{100'120'000, 100'160'000}};
  const Timeline timeline = decode("code:d0-d2");
  EXPECT_THAT(told(timeline), ElementsAre("inference 199..249", "layer 299..349"));
  EXPECT_THAT(kinds(timeline), ElementsAre(AnomalyKind::unpaired_marker));
}

TEST(MarkerCode, IsWrittenAsItIsRead) {
  std::vector<Line> lines;
  for (std::uint32_t i = 0; i < 6; ++i)
    lines.push_back({LineId{i}, ""});
  for (const char* text : {"code:d0-d3", "code:d1-d2,strobe=d5", "code:d4", "code:d0-d1,settle=5000ns",
                           "code:d0-d1,strobe=d4,settle=1000ns"}) {
    const auto code = parse_marker_code(text, lines);
    ASSERT_TRUE(code) << text;
    EXPECT_EQ(format_marker_code(*code), text);
  }
  for (const char* text : {"", "d0-d3", "code:", "code:d0-d9", "code:d3-d0", "code:d0-d3,strobe=d2",
                           "code:d0,x=1", "code:d0,settle=1h", "code:d0,settle=", "code:d0-d1,"}) {
    const auto code = parse_marker_code(text, lines);
    ASSERT_FALSE(code) << text;
    EXPECT_EQ(code.error().code, ErrorCode::usage) << text;
  }
}

}  // namespace
}  // namespace joulemark
