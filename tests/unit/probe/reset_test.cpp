// SPDX-License-Identifier: Apache-2.0
// A probe that is reset at the worst of times, and a computer that is held up: the recording goes on, on one
// clock, and ends only when the probe has really nothing more to give.
#include <drivers/probe/frame_reader.h>

#include <tests/unit/probe/board.h>

#include <gmock/gmock.h>

#include <array>
#include <cstdlib>
#include <span>
#include <vector>

namespace joulemark::probe::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// What the probe says between those times is lost: the rest of a frame that it was cut off in, with the HELLO
// of its boot.
void lose(Board& board, TimeNs from_ns, TimeNs to_ns) {
  board.line = [&board, from_ns, to_ns](std::vector<std::byte>& bytes) {
    if (board.now_ns() >= from_ns && board.now_ns() < to_ns) bytes.clear();
  };
}

// A boot loader has it for a while, and then it says HELLO.
void reset_for(Board& board, TimeNs from_ns, TimeNs to_ns) {
  lose(board, from_ns, to_ns);
  board.at(from_ns, [&board] {
    board.reset(JM_WIRE_RESET_BROWN_OUT);
    board.deaf = true;
  });
  board.at(to_ns, [&board] {
    board.reset(JM_WIRE_RESET_BROWN_OUT);
    board.deaf = false;
  });
}

TEST(ProbeReset, IsNoticedWithoutItsHello) {
  Board board;
  board.at(1900 * k_ms, [] { host_set_level(0, 1); });
  board.at(3 * k_s, [&] { board.reset(JM_WIRE_RESET_WATCHDOG); });
  board.at(6 * k_s, [] { host_set_level(0, 0); });
  lose(board, 3 * k_s, 3100 * k_ms);
  const auto recorded = record(board, 12 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  const auto faults = recorded->anomalies(AnomalyKind::instrument_fault);
  ASSERT_THAT(faults, SizeIs(1));
  EXPECT_THAT(faults[0].message, HasSubstr("watchdog"));
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_LT(gaps[0].time.seconds(), 1.5);
  EXPECT_GT(recorded->samples(ChannelId{0}).back().stamp_ns, 11 * k_s);
  const auto edges = recorded->edges();  // 4.1 s apart, on one clock
  ASSERT_THAT(edges, SizeIs(2));
  EXPECT_NEAR(static_cast<double>(edges[1].time_ns - edges[0].time_ns), 4.1e9, 3e6);
}

// What answers PING after a reset has another clock, and no HELLO gets through to tell it.
TEST(ProbeReset, LeavesTheDriftOfTheClockAlone) {
  Board board;
  board.at(8 * k_s, [&] { board.reset(JM_WIRE_RESET_WATCHDOG); });
  std::vector<std::byte> frame;
  board.line = [&](std::vector<std::byte>& bytes) {
    if (board.now_ns() < 8 * k_s) return;
    std::vector<std::byte> passed;
    for (const std::byte byte : bytes) {
      frame.push_back(byte);
      if (byte != std::byte{0}) continue;
      const bool hello = frame.size() > 1 && frame[1] == std::byte{JM_WIRE_HELLO};
      if (!hello) passed.insert(passed.end(), frame.begin(), frame.end());
      frame.clear();
    }
    bytes = passed;
  };
  const auto recorded = record(board, 30 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::stalled);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::clock_drift), IsEmpty());
  ASSERT_FALSE(recorded->metadata("instrument.clock_drift_ppm").empty());
  EXPECT_NEAR(std::stod(recorded->metadata("instrument.clock_drift_ppm")), 0, 150);
}

class SecondReset : public testing::TestWithParam<int> {};

// So long after a first one, while the probe is being taken up.
TEST_P(SecondReset, IsTakenUpAsWell) {
  Board board;
  board.at(2 * k_s, [&] { board.reset(JM_WIRE_RESET_WATCHDOG); });
  reset_for(board, 2 * k_s + GetParam() * k_ms, 6500 * k_ms);
  const auto recorded = record(board, 12 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::instrument_fault), Not(IsEmpty()));
  const auto samples = recorded->samples(ChannelId{0});
  EXPECT_GT(samples.back().stamp_ns, 11 * k_s);
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, Not(IsEmpty()));
  double missing_s = 0;
  for (const Anomaly& gap : gaps)
    missing_s += gap.time.seconds();
  EXPECT_NEAR(missing_s, 4.5, 1);
}

INSTANTIATE_TEST_SUITE_P(ProbeReset, SecondReset, testing::Values(1, 2, 3, 4, 6, 8, 12, 20, 40, 80));

// A frame with HELLO, and in it another step of the shunt voltage.
std::vector<std::byte> with_other_step(std::span<const std::byte> frame) {
  FrameReader frames;
  EXPECT_EQ(frames.next(frame), JM_WIRE_FRAME);
  std::vector<std::uint8_t> payload(frames.frame().payload.begin(), frames.frame().payload.end());
  jm_wire_hello facts;
  EXPECT_NE(jm_wire_get_hello(payload.data(), payload.size(), &facts), 0);
  const auto lsb_at = static_cast<std::size_t>(facts.channels - payload.data()) + 1;  // behind the quantity
  payload[lsb_at + 1] ^= 0x40;
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
  jm_wire_encoder encoder;
  jm_wire_begin(&encoder, line.data(), line.size(), JM_WIRE_HELLO, frames.frame().sequence);
  for (const std::uint8_t byte : payload)
    jm_wire_put_u8(&encoder, byte);
  const auto bytes = std::as_bytes(std::span(line).first(jm_wire_end(&encoder)));
  return {bytes.begin(), bytes.end()};
}

// As somebody else on its line would.
void ask_hello() {
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
  jm_wire_encoder encoder;
  jm_wire_begin(&encoder, line.data(), line.size(), JM_WIRE_ASK_HELLO, 0);
  host_hear(line.data(), jm_wire_end(&encoder));
}

// From 3 s on, until then.
void alter_until(Board& board, TimeNs until_ns, std::vector<std::byte>& frame) {
  board.line = [&board, &frame, until_ns](std::vector<std::byte>& bytes) {
    if (board.now_ns() < 3 * k_s || board.now_ns() >= until_ns) return;
    std::vector<std::byte> passed;
    for (const std::byte byte : bytes) {
      frame.push_back(byte);
      if (byte != std::byte{0}) continue;
      const bool hello = frame.size() > 1 && frame[1] == std::byte{JM_WIRE_HELLO};
      const auto told = hello ? with_other_step(frame) : frame;
      passed.insert(passed.end(), told.begin(), told.end());
      frame.clear();
    }
    bytes = passed;
  };
}

TEST(ProbeReset, OtherSettingsInMidRunAreNoticedAndTakenUp) {
  Board board;
  std::vector<std::byte> frame;
  alter_until(board, 4 * k_s, frame);
  board.at(3200 * k_ms, [&] { ask_hello(); });
  const auto recorded = record(board, 8 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  const auto faults = recorded->anomalies(AnomalyKind::instrument_fault);
  ASSERT_THAT(faults, Not(IsEmpty()));
  EXPECT_THAT(faults[0].message, HasSubstr("other settings"));
  EXPECT_THAT(recorded->anomalies(AnomalyKind::gap), Not(IsEmpty()));
  EXPECT_GT(recorded->samples(ChannelId{0}).back().stamp_ns, 7 * k_s);
}

TEST(ProbeReset, OtherSettingsThatStayEndTheRecording) {
  Board board;
  std::vector<std::byte> frame;
  alter_until(board, 100 * k_s, frame);
  board.at(3200 * k_ms, [&] { ask_hello(); });
  const auto recorded = record(board, 50 * k_s, {"voltage=3.3", "patience=4s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::stalled);
  EXPECT_THAT(recorded->news, Contains(HasSubstr("with other settings")));
  EXPECT_LT(recorded->samples(ChannelId{0}).back().stamp_ns, 3300 * k_ms);
}

TEST(ProbeReset, EndsTheRecordingWhenNothingAnswersAfterIt) {
  Board board;
  board.at(2 * k_s, [&] { board.reset(JM_WIRE_RESET_WATCHDOG); });
  reset_for(board, 2003 * k_ms, 200 * k_s);
  const auto recorded = record(board, 100 * k_s, {"voltage=3.3", "patience=4s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::stalled);
  EXPECT_LT(board.now_ns(), 14 * k_s);
  EXPECT_THAT(recorded->news, Contains(HasSubstr("could not be taken up again")));
}

TEST(ProbeReset, OfAProbeThatNeverStopsDoingItIsToldInFewWords) {
  Board board;
  for (int i = 0; i < 400; ++i)
    board.at(2 * k_s + i * 10 * k_ms, [&] { board.reset(JM_WIRE_RESET_WATCHDOG); });
  const auto recorded = record(board, 12 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  const auto faults = recorded->anomalies(AnomalyKind::instrument_fault);
  EXPECT_GT(faults.size(), 3U);
  EXPECT_LT(faults.size(), 10U);
  EXPECT_THAT(faults.back().message, HasSubstr("more times"));
  EXPECT_GT(recorded->samples(ChannelId{0}).back().stamp_ns, 11 * k_s);
}

// The probe has gone on, and all that it said has waited.
TEST(ComputerHeldUp, LosesNothingAndBlamesNobody) {
  Board board;
  board.at(3 * k_s, [&] { board.held_up_ns = 2600 * k_ms; });
  const auto recorded = record(board, 8 * k_s, {"voltage=3.3", "lines=d0", "max_current=3A", "patience=2s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  EXPECT_THAT(recorded->capture.anomalies().value(), IsEmpty());
  const auto samples = recorded->samples(ChannelId{0});
  EXPECT_GT(samples.back().stamp_ns, 7 * k_s);
  EXPECT_EQ(samples.back().code - samples.front().code, samples.back().index - samples.front().index);
}

TEST(ComputerHeldUp, ForLongerThanTheLeaseStartsTheProbeAgain) {
  Board board;
  board.at(3 * k_s, [&] { board.held_up_ns = 13 * k_s; });
  const auto recorded = record(board, 20 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  EXPECT_GT(recorded->samples(ChannelId{0}).back().stamp_ns, 19 * k_s);
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, SizeIs(1));  // from the end of the lease, not from the beginning of the hold-up
  EXPECT_NEAR(gaps[0].time.seconds(), 2.5, 1);
}

}  // namespace
}  // namespace joulemark::probe::test
