// SPDX-License-Identifier: Apache-2.0
// Sound frames whose contents make no sense.
#include <analysis/model/memory_capture.h>

#include <drivers/probe/decoder.h>

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <vector>

namespace joulemark::probe {
namespace {

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

class Heard {
 public:
  explicit Heard(const Setup& setup) : setup_(setup), decoder_(begun(), capture) {}

  // Records from that number on; their time is that of conversions from `conversion` on.
  void samples(std::uint32_t number, std::uint32_t conversion) {
    say(JM_WIRE_SAMPLES, [&](jm_wire_encoder& encoder) {
      jm_wire_samples head{};
      head.first = number;
      head.time = jm_wire_time_of(std::uint64_t{conversion + 1} * k_period_ticks);
      head.channels = 1;
      jm_wire_put_samples(&encoder, &head);
      jm_wire_put_u32(&encoder, 532'000);
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

class Numbers : public testing::TestWithParam<bool> {};  // the sensor keeps its own pace

TEST_P(Numbers, AreBelievedAsFarAsThereWasTime) {
  Heard recording(make_setup(GetParam()));
  for (std::uint32_t frame = 0; frame < 20; ++frame)
    recording.samples(frame * k_a_frame + (frame < 10 ? 0U : 4'000'000'000U), frame * k_a_frame);
  EXPECT_LE(recording.lost(), GetParam() ? 0 : 1);
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
  auto setup = make_setup(true);
  setup.hello.facts.watched = 1;
  setup.hello.lines.resize(1);
  Heard recording(setup);
  constexpr std::uint32_t k_kept = 65536;
  for (std::uint32_t number = 0; number < k_kept + 3 * k_a_frame; number += k_a_frame)
    recording.edges(number);
  recording.samples(0, 100);
  recording.edges(k_kept + 3 * k_a_frame);
  EXPECT_EQ(recording.lost(), 0);
  EXPECT_EQ(recording.lost_edges(), 3 * k_a_frame);
}

INSTANTIATE_TEST_SUITE_P(ProbeDecoder, Numbers, testing::Bool());

}  // namespace
}  // namespace joulemark::probe
