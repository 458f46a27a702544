// SPDX-License-Identifier: Apache-2.0
// Sound frames whose contents make no sense.
#include <analysis/model/memory_capture.h>
#include <analysis/timing/timeline.h>

#include <drivers/probe/decoder.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <vector>

namespace joulemark::probe {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::uint32_t k_period_ticks = 1064;
constexpr std::uint32_t k_a_frame = 16;  // records

Setup make_setup(bool clocked) {
  Setup setup;
  jm_wire_hello& facts = setup.hello.facts;
  facts.wire_major = JM_WIRE_MAJOR;
  facts.tick_hz = 2'000'000;
  facts.boot = 1;
  facts.sensor = JM_WIRE_INA219;
  setup.hello.channels = {{JM_WIRE_SHUNT_VOLTAGE, 10'000, -32'000, 32'000, 532'000, 400}};
  setup.aperture_s = {532e-6, Provenance::specified};
  setup.period_s = {532e-6, Provenance::measured};
  setup.clocked = clocked;
  return setup;
}

std::uint64_t ticks_of(std::uint32_t conversion) {
  return std::uint64_t{conversion + 1} * k_period_ticks;
}

class Heard {
 public:
  explicit Heard(const Setup& setup) : setup_(setup), decoder_(begun(), capture) {}

  // Records from that number on; their time is that of conversions from `conversion` on.
  void samples(std::uint32_t number, std::uint32_t conversion) {
    say(JM_WIRE_SAMPLES, [&](jm_wire_encoder& encoder) {
      jm_wire_samples head{};
      head.first = number;
      head.time = jm_wire_time_of(ticks_of(conversion));
      head.channels = 1;
      jm_wire_put_samples(&encoder, &head);
      jm_wire_put_u32(&encoder, conversion_ns);
      jm_wire_put_run(&encoder, k_a_frame, JM_WIRE_SAMPLE_BYTES(1));
      for (std::uint32_t i = 0; i < k_a_frame; ++i) {
        jm_wire_put_u16(&encoder, i == 0 ? 0 : k_period_ticks);
        jm_wire_put_u16(&encoder, static_cast<std::uint16_t>(conversion + i));
      }
    });
  }
  // A frame of edges of line 0, a tick apart.
  void edges(std::uint32_t number) {
    say(JM_WIRE_EDGES, [&](jm_wire_encoder& encoder) {
      jm_wire_edges head{};
      head.first = number;
      head.time = jm_wire_time_of(number);
      jm_wire_put_edges(&encoder, &head);
      jm_wire_put_run(&encoder, k_a_frame, JM_WIRE_EDGE_BYTES);
      for (std::uint32_t i = 0; i < k_a_frame; ++i)
        jm_wire_put_edge(&encoder, 0, i % 2, number + i);
    });
  }
  // One edge of line 0, in a frame of another time.
  void edge(std::uint32_t number, bool level, std::uint64_t ticks, std::uint64_t frame_ticks) {
    say(JM_WIRE_EDGES, [&](jm_wire_encoder& encoder) {
      jm_wire_edges head{};
      head.first = number;
      head.time = jm_wire_time_of(frame_ticks);
      jm_wire_put_edges(&encoder, &head);
      jm_wire_put_run(&encoder, 1, JM_WIRE_EDGE_BYTES);
      jm_wire_put_edge(&encoder, 0, level ? 1 : 0, static_cast<std::uint32_t>(ticks));
    });
  }
  void edge(std::uint32_t number, bool level, std::uint64_t ticks) { edge(number, level, ticks, ticks); }
  void bus_voltage(std::uint32_t number, std::uint32_t conversion, int code) {
    say(JM_WIRE_SAMPLES, [&](jm_wire_encoder& encoder) {
      jm_wire_samples head{};
      head.first = number;
      head.time = jm_wire_time_of(ticks_of(conversion));
      head.channels = 2;
      jm_wire_put_samples(&encoder, &head);
      jm_wire_put_u32(&encoder, 532'000);
      jm_wire_put_run(&encoder, 1, JM_WIRE_SAMPLE_BYTES(1));
      jm_wire_put_u16(&encoder, 0);
      jm_wire_put_u16(&encoder, static_cast<std::uint16_t>(code));
    });
  }
  std::vector<Anomaly> anomalies(AnomalyKind kind) {
    std::vector<Anomaly> some;
    const auto all = capture.anomalies().value();
    std::ranges::copy_if(all, std::back_inserter(some),
                         [&](const Anomaly& each) { return each.kind == kind; });
    return some;
  }
  std::size_t events_on_d0() {
    const std::vector<EventRule> rules{parse_event_rule("a=d0", capture.info().lines).value()};
    return decode_events(capture, rules, {}, k_default_hold_ns).value().events.size();
  }
  std::int64_t lost_edges() {
    std::int64_t lost = 0;
    const auto anomalies = capture.anomalies().value();
    for (const Anomaly& anomaly : anomalies)
      if (anomaly.kind == AnomalyKind::lost_edges) lost += anomaly.count;
    return lost;
  }
  std::int64_t lost() {
    EXPECT_TRUE(decoder_.finish(std::nullopt));
    EXPECT_TRUE(capture.end(EndReason::completed));
    return capture.extent(k_current_channel).value().lost_samples;
  }

  MemoryCapture capture;
  std::uint32_t conversion_ns = 532'000;  // that samples are said to average over

 private:
  const Setup& begun() {
    CaptureInfo info;
    info.channels = channels_for(setup_);
    info.lines = {{LineId{0}, "d0"}};
    EXPECT_TRUE(capture.begin(info));
    return setup_;
  }
  void say(std::uint8_t type, const std::function<void(jm_wire_encoder&)>& fill) {
    std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
    jm_wire_encoder encoder;
    jm_wire_begin(&encoder, line.data(), line.size(), type, sequence_++);
    fill(encoder);
    EXPECT_TRUE(decoder_.accept(std::as_bytes(std::span(line).first(jm_wire_end(&encoder)))));
  }

  Setup setup_;
  Decoder decoder_;
  std::uint8_t sequence_ = 0;
};

Setup watching_setup() {
  auto setup = make_setup(true);
  setup.hello.facts.watched = 1;
  setup.hello.lines.resize(1);
  return setup;
}

class Numbers : public testing::TestWithParam<bool> {};  // the sensor keeps its own pace

TEST_P(Numbers, AreBelievedAsFarAsThereWasTime) {
  Heard recording(make_setup(GetParam()));
  for (std::uint32_t frame = 0; frame < 20; ++frame)
    recording.samples(frame * k_a_frame + (frame < 10 ? 0U : 1'000'000'000U), frame * k_a_frame);
  EXPECT_LE(recording.lost(), GetParam() ? 0 : 1);
  ASSERT_THAT(recording.anomalies(AnomalyKind::protocol), SizeIs(1));
  EXPECT_THAT(recording.anomalies(AnomalyKind::protocol)[0].message, HasSubstr("1 time the numbers"));
}

TEST_P(Numbers, ThatJumpBackAreDoubted) {
  Heard recording(make_setup(GetParam()));
  for (std::uint32_t frame = 0; frame < 20; ++frame)
    recording.samples(1000 + frame * k_a_frame - (frame < 10 ? 0U : 1000U), frame * k_a_frame);
  EXPECT_EQ(recording.lost(), 0);
  EXPECT_THAT(recording.anomalies(AnomalyKind::protocol), Not(IsEmpty()));
}

TEST_P(Numbers, CountOnBeyondTheirLargest) {
  Heard recording(make_setup(GetParam()));
  for (std::uint32_t frame = 0; frame < 20; ++frame) {
    if (frame != 15) recording.samples(frame * k_a_frame - 10 * k_a_frame, frame * k_a_frame);
  }
  EXPECT_EQ(recording.lost(), k_a_frame);
}

TEST_P(Numbers, ThatComeASecondTimeAreLeftOut) {
  Heard recording(make_setup(GetParam()));
  for (std::uint32_t frame = 0; frame < 20; ++frame) {
    recording.samples(frame * k_a_frame, frame * k_a_frame);
    if (frame % 5 == 4) recording.samples(frame * k_a_frame, frame * k_a_frame);
  }
  EXPECT_EQ(recording.lost(), 0);
  EXPECT_EQ(recording.capture.extent(k_current_channel)->samples, 20 * k_a_frame);
  EXPECT_THAT(recording.anomalies(AnomalyKind::clock_jump), IsEmpty());
  const auto told = recording.anomalies(AnomalyKind::protocol);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].count, 4 * k_a_frame);
  EXPECT_THAT(told[0].message, HasSubstr("64 records came a second time"));
}

// A second back, and with it two frames that were lost: what the numbers say of them is all there is.
TEST_P(Numbers, TellWhatAClockThatJumpedHides) {
  Heard recording(make_setup(GetParam()));
  for (std::uint32_t frame = 0; frame < 400; ++frame) {
    if (frame == 300 || frame == 301) continue;
    recording.samples(frame * k_a_frame, frame * k_a_frame - (frame < 300 ? 0U : 1880U));
  }
  EXPECT_EQ(recording.lost(), 2 * k_a_frame);
  EXPECT_THAT(recording.anomalies(AnomalyKind::clock_jump), SizeIs(1));
  EXPECT_THAT(recording.anomalies(AnomalyKind::gap), SizeIs(1));
}

TEST(ProbeDecoder, NoEventReachesOverAClockThatJumped) {
  Heard recording(watching_setup());
  for (std::uint32_t frame = 0; frame < 400; ++frame) {
    const std::uint32_t conversion = frame * k_a_frame - (frame < 300 ? 0U : 1880U);
    recording.samples(frame * k_a_frame, conversion);
    if (frame % 50 == 25) recording.edge(frame / 25 - 1, true, ticks_of(conversion + 5));
    if (frame % 50 == 35) recording.edge(frame / 25, false, ticks_of(conversion + 5));
    if (frame == 290) recording.edge(12, true, ticks_of(conversion + 5));
  }
  EXPECT_EQ(recording.lost(), 1);
  EXPECT_THAT(recording.anomalies(AnomalyKind::lost_edges), Not(IsEmpty()));
  EXPECT_EQ(recording.events_on_d0(), 7U);
}

TEST_P(Numbers, CountWhatWasLost) {
  Heard recording(make_setup(GetParam()));
  for (std::uint32_t frame = 0; frame < 20; ++frame) {
    if (frame != 7 && frame != 12 && frame != 13) recording.samples(frame * k_a_frame, frame * k_a_frame);
  }
  EXPECT_EQ(recording.lost(), 3 * k_a_frame);
  EXPECT_THAT(recording.capture.anomalies().value(), SizeIs(1));
}

TEST(ProbeDecoder, EdgesThatHaveWaitedTooLongForASampleAreCounted) {
  Heard recording(watching_setup());
  constexpr std::uint32_t k_kept = 65536;
  for (std::uint32_t number = 0; number < k_kept + 3 * k_a_frame; number += k_a_frame)
    recording.edges(number);
  recording.samples(0, 100);
  recording.edges(k_kept + 3 * k_a_frame);
  EXPECT_EQ(recording.lost(), 0);
  EXPECT_EQ(recording.lost_edges(), 3 * k_a_frame);
}

// Pulses of a conversion, and in between one edge from far away, 20 frames before the last.
class FarEdge : public testing::TestWithParam<bool> {};  // its frame is from there too

TEST_P(FarEdge, IsRefusedAndCountsAsLost) {
  Heard recording(watching_setup());
  std::uint32_t number = 0;
  for (std::uint32_t frame = 0; frame < 60; ++frame) {
    const std::uint32_t conversion = frame * k_a_frame;
    const std::uint64_t far = ticks_of(conversion) + 1'000'000'000;  // 500 s
    recording.samples(conversion, conversion);
    if (frame == 40) recording.edge(number++, true, far, GetParam() ? far : ticks_of(conversion));
    recording.edge(number++, true, ticks_of(conversion + 2));
    recording.edge(number++, false, ticks_of(conversion + 6));
  }
  EXPECT_EQ(recording.lost(), 0);
  EXPECT_EQ(recording.lost_edges(), 1);
  EXPECT_THAT(recording.anomalies(AnomalyKind::protocol), SizeIs(1));
  EXPECT_EQ(recording.events_on_d0(), 60U);
}

INSTANTIATE_TEST_SUITE_P(ProbeDecoder, FarEdge, testing::Bool());

// Half a second ahead may be true, and all that come before it then are not.
TEST(ProbeDecoder, EdgesThatAreLeftOutMakeTheirTimeUnobserved) {
  Heard recording(watching_setup());
  std::uint32_t number = 0;
  for (std::uint32_t frame = 0; frame < 200; ++frame) {
    const std::uint32_t conversion = frame * k_a_frame;
    recording.samples(conversion, conversion);
    if (frame == 40) recording.edge(number++, false, ticks_of(conversion) + 1'000'000);
    recording.edge(number++, true, ticks_of(conversion + 2));
    recording.edge(number++, false, ticks_of(conversion + 6));
  }
  EXPECT_EQ(recording.lost(), 0);
  double unobserved_s = 0;
  for (const Anomaly& each : recording.anomalies(AnomalyKind::lost_edges))
    unobserved_s += each.time.seconds();
  EXPECT_NEAR(unobserved_s, 0.5, 0.01);
  EXPECT_NEAR(static_cast<double>(recording.events_on_d0()), 200 - 0.5 / (k_a_frame * 532e-6), 2);
}

TEST(ProbeDecoder, ABusVoltageBeyondEitherEndIsClipped) {
  for (const int code : {-825, 4000}) {
    auto setup = make_setup(true);
    setup.hello.channels.push_back({JM_WIRE_BUS_VOLTAGE, 4'000'000, 0, 4'000, 532'000, 400});
    setup.hello.facts.bus_every = 1880;
    setup.bus_s = 532e-6;
    Heard recording(setup);
    recording.samples(0, 0);
    recording.bus_voltage(16, 17, code);
    for (std::uint32_t frame = 1; frame < 10; ++frame)
      recording.samples(frame * k_a_frame + 1, frame * k_a_frame + 2);
    EXPECT_LE(recording.lost(), 2);
    const auto clipped = recording.anomalies(AnomalyKind::clipped);
    ASSERT_THAT(clipped, Not(IsEmpty())) << code;
    EXPECT_EQ(clipped[0].channel, k_voltage_channel);
    EXPECT_GE(clipped[0].count, 9 * k_a_frame) << "as long as it stands for the supply";
  }
}

TEST(ProbeDecoder, SamplesThatAverageOverAnotherTimeAreLeftOut) {
  Heard recording(make_setup(true));
  for (std::uint32_t frame = 0; frame < 20; ++frame) {
    recording.conversion_ns = frame < 10 ? 532'000 : 68'100'000;
    recording.samples(frame * k_a_frame, frame * k_a_frame);
  }
  EXPECT_EQ(recording.lost(), 0);
  EXPECT_EQ(recording.capture.extent(k_current_channel)->samples, 10 * k_a_frame);
  EXPECT_THAT(recording.anomalies(AnomalyKind::instrument_fault), Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(ProbeDecoder, Numbers, testing::Bool());

}  // namespace
}  // namespace joulemark::probe
