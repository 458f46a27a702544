// SPDX-License-Identifier: Apache-2.0
// Damage on the line, a probe that is reset or pulled, a sensor that fails: each is told, and what remains is
// true. The fake chip counts its conversions up, so a sample's code says which one it is.
#include <analysis/timing/timeline.h>

#include <tests/unit/probe/board.h>

#include <gmock/gmock.h>

#include <random>
#include <utility>

namespace joulemark::probe::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The index counts conversions, lost ones too, and every stamp is where that conversion ended.
void expect_true(const std::vector<Recorded::Sample>& samples) {
  ASSERT_THAT(samples, Not(IsEmpty()));
  const Recorded::Sample& first = samples.front();
  const auto ended = [](int code) {
    return static_cast<TimeNs>(fake_ina219_ended(static_cast<std::uint32_t>(code))) * k_tick_ns;
  };
  for (const Recorded::Sample& sample : samples) {
    ASSERT_EQ(sample.index - first.index, sample.code - first.code);
    ASSERT_NEAR(static_cast<double>(sample.stamp_ns - first.stamp_ns),
                static_cast<double>(ended(sample.code) - ended(first.code)), 110e3);
  }
}

void toggle_every(Board& board, TimeNs from_ns, TimeNs to_ns, TimeNs step_ns) {
  bool level = true;
  for (TimeNs time_ns = from_ns; time_ns < to_ns; time_ns += step_ns, level = !level)
    board.at(time_ns, [level] { host_set_level(0, level); });
}

Timeline events_on_d0(Recorded& recorded) {
  const std::vector<EventRule> rules{parse_event_rule("a=d0", recorded.capture.info().lines).value()};
  return decode_events(recorded.capture, rules, {}, k_default_hold_ns).value();
}

enum class Fault { flip, lose, insert };

class Line : public testing::TestWithParam<Fault> {};

// One byte in five thousand: a bad cable. Begins when the recording has begun.
TEST_P(Line, DamageCostsFramesAndNothingElse) {
  Board board;
  std::mt19937 random(11);
  bool damaged = false;
  board.line = [&](std::vector<std::byte>& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (board.now_ns() < k_s || random() % 5000 != 0) continue;
      damaged = true;
      const auto where = bytes.begin() + static_cast<std::ptrdiff_t>(i);
      if (GetParam() == Fault::flip) *where ^= std::byte(1U << random() % 8);
      if (GetParam() == Fault::lose) bytes.erase(where);
      if (GetParam() == Fault::insert) bytes.insert(where, std::byte(random()));
    }
  };
  toggle_every(board, k_s, 6 * k_s, 10 * k_ms);
  const auto recorded = record(board, 6 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  ASSERT_TRUE(damaged);
  expect_true(recorded->samples(ChannelId{0}));
  EXPECT_THAT(recorded->anomalies(AnomalyKind::crc_error), Not(IsEmpty()));
  const Extent extent = recorded->capture.extent(ChannelId{0}).value();
  std::int64_t told = 0;
  for (const Anomaly& gap : recorded->anomalies(AnomalyKind::gap))
    told += gap.count;
  EXPECT_GT(extent.lost_samples, 0);
  EXPECT_EQ(told, extent.lost_samples);
  for (const Event& event : events_on_d0(*recorded).events)
    EXPECT_EQ(event.time.length_ns(), 10 * k_ms);  // never one that spans lost edges
}

INSTANTIATE_TEST_SUITE_P(ProbeTrouble, Line, testing::Values(Fault::flip, Fault::lose, Fault::insert));

TEST(ProbeTrouble, NoEventReachesOverALoss) {
  Board board;
  bool cut = false;
  board.line = [&](std::vector<std::byte>& bytes) {
    if (cut) bytes.clear();
  };
  const std::vector<std::pair<int, bool>> edges{{1000, true}, {1100, false}, {1200, true}, {1310, false},
                                                {1350, true}, {1400, false}, {1500, true}, {1600, false}};
  for (const auto& [ms, level] : edges)
    board.at(ms * k_ms, [level = level] { host_set_level(0, level); });
  board.at(1300 * k_ms, [&] { cut = true; });
  board.at(1370 * k_ms, [&] { cut = false; });
  const auto recorded = record(board, 2 * k_s, k_plain);
  // The edges at 1310 and 1350 are lost: 1200 up, 1400 down would look like one event of 200 ms.
  const Timeline timeline = events_on_d0(*recorded);
  ASSERT_THAT(timeline.events, SizeIs(2));
  for (const Event& event : timeline.events)
    EXPECT_EQ(event.time.length_ns(), 100 * k_ms);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::lost_edges), SizeIs(1));
  EXPECT_THAT(recorded->anomalies(AnomalyKind::gap), Not(IsEmpty()));
}

TEST(ProbeTrouble, AResetInTheMiddleOfAnEventIsTakenUpAgain) {
  Board board;
  board.at(1900 * k_ms, [] { host_set_level(0, 1); });
  board.at(2 * k_s, [&] { board.reset(JM_WIRE_RESET_WATCHDOG); });
  board.at(4 * k_s, [] { host_set_level(0, 0); });
  board.at(4500 * k_ms, [] { host_set_level(0, 1); });
  board.at(4600 * k_ms, [] { host_set_level(0, 0); });
  const auto recorded = record(board, 6 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  const auto faults = recorded->anomalies(AnomalyKind::instrument_fault);
  ASSERT_THAT(faults, SizeIs(1));
  EXPECT_THAT(faults[0].message, HasSubstr("watchdog"));
  EXPECT_THAT(recorded->anomalies(AnomalyKind::gap), SizeIs(1));
  const Timeline timeline = events_on_d0(*recorded);
  ASSERT_THAT(timeline.events, SizeIs(1));
  EXPECT_EQ(timeline.events[0].time.length_ns(), 100 * k_ms);
  // Its time goes on as the bench's did: from the first edge to that event 2.6 s, within what PING can tell.
  const auto edges = recorded->edges();
  EXPECT_NEAR(static_cast<double>(timeline.events[0].time.begin_ns - edges.front().time_ns), 2.6e9, 3e6);
}

TEST(ProbeTrouble, APortThatVanishesAndComesBackGoesOnInOneCapture) {
  Board board;
  toggle_every(board, k_s, 8 * k_s, 10 * k_ms);
  board.at(2 * k_s, [&] { board.unplug(); });
  board.at(4 * k_s, [&] { board.plug_in(); });
  const auto recorded = record(board, 6 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  expect_true(recorded->samples(ChannelId{0}));  // over the hole as well: the probe has gone on counting
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, Not(IsEmpty()));
  EXPECT_NEAR(gaps[0].time.seconds(), 2, 0.3);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::lost_edges), Not(IsEmpty()));
  for (const Event& event : events_on_d0(*recorded).events)
    EXPECT_EQ(event.time.length_ns(), 10 * k_ms);
  EXPECT_THAT(recorded->news, Contains(HasSubstr("back")));
}

TEST(ProbeTrouble, AProbeWhoseLeaseRanOutIsStartedAgain) {
  Board board;
  board.at(2 * k_s, [&] { board.unplug(); });
  board.at(16 * k_s, [&] { board.plug_in(); });
  board.at(17 * k_s, [] { host_set_level(0, 1); });
  const auto recorded = record(board, 20 * k_s, {"voltage=3.3", "lines=d0", "patience=30s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  const auto samples = recorded->samples(ChannelId{0});
  EXPECT_GT(samples.back().stamp_ns, 18 * k_s);
  EXPECT_THAT(recorded->edges(), SizeIs(1));
  const auto lost = recorded->anomalies(AnomalyKind::lost_edges);
  ASSERT_THAT(lost, SizeIs(1));  // not counted while it was idle, so the whole stretch
  EXPECT_NEAR(lost[0].time.seconds(), 14, 3);
}

TEST(ProbeTrouble, AProbeThatIsPulledForGoodEndsTheRecording) {
  Board board;
  board.at(k_s, [&] { board.unplug(); });
  const auto recorded = record(board, 60 * k_s, {"patience=2s"});
  ASSERT_TRUE(recorded->end);
  EXPECT_EQ(*recorded->end, EndReason::unplugged);
  EXPECT_THAT(recorded->samples(ChannelId{0}), Not(IsEmpty()));
}

TEST(ProbeTrouble, AProbeThatFallsSilentStalls) {
  Board board;
  bool silent = false;
  board.line = [&](std::vector<std::byte>& bytes) {
    if (silent) bytes.clear();
  };
  board.at(k_s, [&] { silent = true; });
  const auto recorded = record(board, 60 * k_s, {"patience=3s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::stalled);
}

TEST(ProbeTrouble, APortThatTakesNoDataForAWhileIsListenedToAllTheSame) {
  Board board;
  board.at(k_s, [&] { board.takes_data = false; });
  board.at(4 * k_s, [&] { board.takes_data = true; });
  const auto recorded = record(board, 6 * k_s, {"voltage=3.3", "lines=d0", "max_current=3A", "patience=2s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  expect_true(recorded->samples(ChannelId{0}));
  EXPECT_THAT(recorded->anomalies(AnomalyKind::gap), IsEmpty());
}

// Its START was heard, but no answer came.
TEST(ProbeTrouble, ARecordingThatDoesNotBeginIsStoppedAllTheSame) {
  Board board;
  const auto opened = open(board, k_plain);
  ASSERT_TRUE(opened) << opened.error().message;
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin((*opened)->info()));
  board.line = [](std::vector<std::byte>& bytes) { bytes.clear(); };
  std::stop_source stop;
  EXPECT_FALSE((*opened)->run(capture, stop.get_token()));
  board.line = nullptr;
  board.advance(300 * k_ms);
  EXPECT_THAT(board.arrived, IsEmpty());
}

// Frames go on, with edges, STATUS and PONG, but no samples.
TEST(ProbeTrouble, ASensorThatIsGoneForGoodEndsTheRecording) {
  Board board;
  board.at(k_s, [] { fake_ina219_set_present(0); });
  board.at(2 * k_s, [] { host_set_level(0, 1); });
  const auto recorded = record(board, 30 * k_s, {"voltage=3.3", "lines=d0", "patience=4s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::stalled);
  EXPECT_NEAR(to_seconds(board.now_ns()), 5, 0.5);
  EXPECT_THAT(recorded->news, Contains(HasSubstr("sensor has fallen silent")));
  EXPECT_THAT(recorded->samples(ChannelId{0}), Not(IsEmpty()));
  EXPECT_THAT(recorded->edges(), SizeIs(1));
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_NEAR(gaps[0].time.seconds(), 4, 0.5);
}

TEST(ProbeTrouble, AnEndpointThatSendsOnlyGarbageStalls) {
  Board board;
  std::mt19937 random(3);
  board.line = [&](std::vector<std::byte>& bytes) {
    if (board.now_ns() < k_s || bytes.empty()) return;
    bytes.assign(20, std::byte(random()));
    bytes.push_back(std::byte{0});
  };
  const auto recorded = record(board, 30 * k_s, {"patience=3s"});
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::stalled);
  EXPECT_THAT(recorded->samples(ChannelId{0}), Not(IsEmpty()));
}

TEST(ProbeTrouble, ASensorThatIsNotThereIsSaidAtOnce) {
  Board board;
  fake_ina219_set_present(0);
  const auto opened = open(board);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::no_instrument);
  EXPECT_THAT(opened.error().message, HasSubstr("0x40"));
}

TEST(ProbeTrouble, ASensorThatGoesAndComesBackLeavesAGap) {
  Board board;
  board.at(k_s, [] { fake_ina219_set_present(0); });
  board.at(1500 * k_ms, [] { fake_ina219_set_present(1); });
  board.at(1200 * k_ms, [] { host_set_level(0, 1); });
  board.at(1300 * k_ms, [] { host_set_level(0, 0); });
  const auto recorded = record(board, 2 * k_s, k_plain);
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_NEAR(gaps[0].time.seconds(), 0.5, 0.05);
  EXPECT_NEAR(static_cast<double>(gaps[0].count), 0.5 / 532e-6, 100);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::instrument_fault), SizeIs(1));
  EXPECT_THAT(recorded->edges(), SizeIs(2));  // markers go on
}

TEST(ProbeTrouble, ABusThatStandsStillForAWhileLeavesAGap) {
  Board board;
  board.at(k_s, [] { host_i2c_stall(1); });
  board.at(1300 * k_ms, [] { host_i2c_stall(0); });
  board.at(1100 * k_ms, [] { host_set_level(0, 1); });
  board.at(1200 * k_ms, [] { host_set_level(0, 0); });
  const auto recorded = record(board, 2 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_NEAR(gaps[0].time.seconds(), 0.3, 0.05);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::instrument_fault), Not(IsEmpty()));
  EXPECT_THAT(recorded->edges(), SizeIs(2));
  EXPECT_GT(recorded->samples(ChannelId{0}).back().stamp_ns, 1900 * k_ms);
}

TEST(ProbeTrouble, ASensorThatForgotItsSettingsIsGivenThemAgain) {
  Board board;
  board.at(k_s, [] { fake_ina219_brown_out(); });
  const auto recorded = record(board, 2 * k_s, k_plain);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_THAT(recorded->anomalies(AnomalyKind::gap), Not(IsEmpty()));
  EXPECT_THAT(recorded->anomalies(AnomalyKind::instrument_fault), SizeIs(1));
  EXPECT_GT(recorded->samples(ChannelId{0}).back().stamp_ns, 1800 * k_ms);
}

TEST(ProbeTrouble, ASensorThatIsGoneAtTheEndLeavesAGapToo) {
  Board board;
  board.at(k_s, [] { fake_ina219_set_present(0); });
  const auto recorded = record(board, 2 * k_s, k_plain);
  const auto gaps = recorded->anomalies(AnomalyKind::gap);
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_GT(gaps[0].time.seconds(), 0.5);
}

TEST(ProbeTrouble, TransfersThatFailAreCounted) {
  Board board;
  board.at(k_s, [] { fake_ina219_nack(2); });
  const auto recorded = record(board, 3 * k_s, k_plain);
  const auto told = recorded->anomalies(AnomalyKind::protocol);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].count, 2);
  EXPECT_THAT(told[0].message, HasSubstr("not acknowledged"));
}

TEST(ProbeTrouble, OneDamagedFrameIsToldAsOne) {
  Board board;
  bool damaged = false;
  board.line = [&](std::vector<std::byte>& bytes) {
    if (board.now_ns() < k_s || bytes.size() < 8 || std::exchange(damaged, true)) return;
    bytes[bytes.size() / 2] ^= std::byte(0x10);
  };
  const auto recorded = record(board, 2 * k_s, k_plain);
  ASSERT_TRUE(damaged);
  const auto told = recorded->anomalies(AnomalyKind::crc_error);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].count, 1);
  EXPECT_THAT(told[0].message, HasSubstr("1 frame was damaged on the way and left out; what was in it"));
}

TEST(ProbeTrouble, AShuntThatOverflowsIsClipped) {
  Board board;
  board.at(k_s, [] { fake_ina219_set_codes_from(3'990); });
  const auto recorded = record(board, k_s, {"voltage=3.3"});  // 40 mV
  const auto clipped = recorded->anomalies(AnomalyKind::clipped);
  ASSERT_THAT(clipped, Not(IsEmpty()));
  EXPECT_THAT(clipped[0].message, HasSubstr("max_current"));
}

}  // namespace
}  // namespace joulemark::probe::test
