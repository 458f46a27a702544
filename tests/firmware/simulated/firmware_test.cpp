// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware as it is flashed, against a simulated INA219 and lines whose truth is known to the cycle.
#include <tests/firmware/simulated/simulated_probe.h>

#include <gtest/gtest.h>
#include <sim_avr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>

namespace joulemark::twin {
namespace {

constexpr std::uint16_t k_12_bit = 0x399D;  // 32 V, 320 mV, shunt continuously, 532 us
constexpr double k_cycles_per_tick = 8;

// A bench whose every conversion gives another code, and which knows when each ended.
class Bench {
 public:
  Bench()
      : probe({}, [this](Cycle, Cycle end) {
          ends.push_back(end);
          return 640e-6 * static_cast<double>(ends.size() % 500);  // a step of the 320 mV range at 9 bits
        }) {
    avr_t* avr = probe.core().raw();
    while (avr->data[0x81] == 0)
      avr_run(avr);  // TCCR1B: the clock starts
    clock_start = static_cast<double>(avr->cycle);
    probe.run_ms(40);
  }

  void start(std::uint16_t config) {
    probe.ask_configure(config);
    probe.run_ms(40);
    ASSERT_EQ(probe.heard().acks.size(), 1U);
    ASSERT_EQ(probe.heard().acks[0].outcome, JM_WIRE_OK);
    probe.ask_start();
    probe.run_ms(40);
  }

  void stop() {
    probe.ask(JM_WIRE_STOP);
    probe.run_ms(150);
    ASSERT_EQ(probe.heard().statuses.back().state, JM_WIRE_IDLE);
  }

  [[nodiscard]] double us_of(std::uint64_t ticks) const {
    return (static_cast<double>(ticks) * k_cycles_per_tick + clock_start) /
           static_cast<double>(k_cycles_per_us);
  }

  // How long before its stamp the conversion of a sample ended, in us.
  [[nodiscard]] double lag_us(const HeardSample& sample) const {
    const double stamp = us_of(sample.ticks);
    for (std::size_t i = ends.size(); i-- > 0;) {
      const double end = static_cast<double>(ends[i]) / static_cast<double>(k_cycles_per_us);
      if (static_cast<int>((i + 1) % 500) * 64 == sample.code && end < stamp + 5000) return stamp - end;
    }
    return -1e9;
  }

  // Conversions that ended and were not read, one that is about to be included.
  [[nodiscard]] std::int64_t unread() { return probe.chip().tally().ended - probe.chip().tally().read; }

  std::vector<Cycle> ends;
  double clock_start = 0;
  SimulatedProbe probe;
};

// Nothing lost on the way, nothing numbered twice.
void expect_whole(const Heard& heard) {
  EXPECT_EQ(heard.damaged, 0);
  for (std::size_t i = 1; i < heard.samples.size(); ++i) {
    ASSERT_EQ(heard.samples[i].number, heard.samples[i - 1].number + 1);
  }
  for (int count = JM_WIRE_LOST_SAMPLES; count < JM_WIRE_COUNTS; ++count) {
    EXPECT_EQ(heard.statuses.back().counts[count], 0U) << "count " << count;
  }
  EXPECT_EQ(heard.statuses.back().counts[JM_WIRE_NEXT_SAMPLE], heard.samples.size());
  EXPECT_EQ(heard.statuses.back().counts[JM_WIRE_NEXT_EDGE], heard.edges.size());
}

TEST(Firmware, IntroducesItself) {
  Bench bench;
  ASSERT_EQ(bench.probe.heard().hellos.size(), 1U);
  const jm_wire_hello& hello = bench.probe.heard().hellos[0];
  EXPECT_EQ(hello.tick_hz, 2'000'000U);
  EXPECT_EQ(hello.sensor, JM_WIRE_INA219);
  EXPECT_EQ(hello.line_count, 7);
  EXPECT_EQ(hello.state, JM_WIRE_IDLE);
}

TEST(Firmware, ReadsEveryConversionOfTwelveBitsOnce) {
  Bench bench;
  bench.start(k_12_bit);
  const auto before = bench.probe.chip().tally();
  bench.probe.run_ms(3000);
  const auto after = bench.probe.chip().tally();
  bench.stop();
  expect_whole(bench.probe.heard());
  EXPECT_NEAR(static_cast<double>(after.ended - before.ended), 3e6 / 532, 1);
  EXPECT_LE(after.ended - after.read - (before.ended - before.read), 1);  // the one under way
  EXPECT_EQ(after.read_again, 0);
}

TEST(Firmware, NeverReadsAConversionTwiceHoweverFastTheyAre) {
  for (const int config : {0x3805, 0x388D, 0x3815, 0x3A1D, 0x399F, 0x3FFD}) {  // 9 to 12 bits, both, averaged
    Bench bench;
    bench.start(static_cast<std::uint16_t>(config));
    bench.probe.run_ms(400);
    bench.stop();
    expect_whole(bench.probe.heard());
    EXPECT_EQ(bench.probe.chip().tally().read_again, 0) << std::hex << config;
    const auto heard = static_cast<std::int64_t>(bench.probe.heard().samples.size());
    EXPECT_GE(heard, bench.probe.chip().tally().read - 1);  // STOP may come between reading and pushing
  }
}

TEST(Firmware, StampsConversionsWithinTheLagItTells) {
  for (const int config : {int{k_12_bit}, 0x3805, 0x3815}) {
    Bench bench;
    bench.start(static_cast<std::uint16_t>(config));
    bench.probe.run_ms(1000);
    bench.stop();
    const Heard& heard = bench.probe.heard();
    const double most = heard.channels[0].lag_ticks / 2.0;
    double longest = 0;
    for (const HeardSample& sample : heard.samples) {
      const double lag = bench.lag_us(sample);
      longest = std::max(longest, lag);
      ASSERT_GT(lag, -1);
      ASSERT_LE(lag, most);
    }
    RecordProperty("longest_lag_us_" + std::to_string(config), std::to_string(longest));
    printf("config %04x: longest lag %.1f of %.1f us\n", static_cast<unsigned>(config), longest, most);
  }
}

// Edges of all lines in turn, every fourth close after another, while samples stream and PINGs come in.
class Edges : public testing::TestWithParam<unsigned> {};

TEST_P(Edges, AreStampedWithinTheResolutionTold) {
  Bench bench;
  bench.start(k_12_bit);
  const auto before = bench.unread();
  struct Truth {
    Cycle cycle;
    bool level;
  };
  std::array<std::vector<Truth>, 7> truth;
  std::mt19937 random(GetParam());
  for (int i = 0; i < 3500; ++i) {
    const auto line = static_cast<std::size_t>(i % 7);
    const Cycle wait = i % 4 == 0 ? 16 + random() % 640 : 1700 + random() % 22000;
    const Truth edge{bench.probe.core().now() + wait, truth[line].size() % 2 == 0};
    bench.probe.set_line_at(edge.cycle, static_cast<int>(line), edge.level);
    truth[line].push_back(edge);
    if (i % 16 == 0) bench.probe.ask_ping(1);
    ASSERT_TRUE(bench.probe.core().run_until(edge.cycle));
  }
  bench.stop();
  const Heard& heard = bench.probe.heard();
  expect_whole(heard);
  ASSERT_EQ(heard.edges.size(), 3500U);
  std::array<std::size_t, 7> at{};
  for (const HeardEdge& edge : heard.edges) {
    const Truth& true_edge = truth.at(edge.line).at(at[edge.line]++);
    ASSERT_EQ(edge.level, true_edge.level);
    const jm_wire_line& line = heard.lines[edge.line];
    const double error_us = bench.us_of(edge.ticks) - line.lag_ticks / 2.0 -
                            static_cast<double>(true_edge.cycle) / static_cast<double>(k_cycles_per_us);
    ASSERT_LE(std::abs(error_us), line.resolution_ticks / 4.0) << "line " << int{edge.line};
    ASSERT_LE(std::abs(error_us), edge.line == 0 ? 2 : 25);
  }
  EXPECT_LE(bench.unread() - before, 1);
}

INSTANTIATE_TEST_SUITE_P(Firmware, Edges, testing::Values(7U, 13U, 14U, 29U));

TEST(Firmware, TellsLinesThatChangeTogetherAtOneTime) {
  Bench bench;
  bench.start(k_12_bit);
  const Cycle cycle = bench.probe.core().now() + 16000;
  for (int line = 1; line < 7; ++line)
    bench.probe.set_line_at(cycle, line, true);
  bench.probe.run_ms(10);
  bench.stop();
  ASSERT_EQ(bench.probe.heard().edges.size(), 6U);
  const auto& edges = bench.probe.heard().edges;
  EXPECT_LE(edges.back().ticks - edges.front().ticks, 60U);
}

TEST(Firmware, AnswersPingsWhileItSamples) {
  Bench bench;
  bench.start(k_12_bit);
  for (std::uint32_t token = 1; token <= 20; ++token) {
    const double asked_us =
        static_cast<double>(bench.probe.core().now()) / static_cast<double>(k_cycles_per_us);
    bench.probe.ask_ping(token);
    bench.probe.run_ms(12);
    ASSERT_EQ(bench.probe.heard().pongs.size(), token);
    const jm_wire_pong& pong = bench.probe.heard().pongs.back();
    EXPECT_EQ(pong.token, token);
    // 12 bytes of 10 to 11 us (the library sends a parity bit, too), and what other interrupts may take.
    EXPECT_NEAR(bench.us_of(jm_wire_ticks_of(pong.received)) - asked_us, 150, 35);
    EXPECT_GE(jm_wire_ticks_of(pong.replied), jm_wire_ticks_of(pong.received));
  }
  bench.stop();
}

// What the host says comes in at every phase of the conversions, and of the frames that carry them away: as
// often as it takes, at times that never fit either. A zero byte comes first, as from the driver.
void expect_no_miss(Bench& bench, const std::function<void()>& say) {
  constexpr int k_times = 800;
  constexpr Cycle k_conversion = 532 * k_cycles_per_us;
  constexpr Cycle k_phase = 10 * k_cycles_per_us;
  constexpr std::array<std::uint8_t, 1> k_zero{};
  std::array<int, k_conversion / k_phase + 1> times_at{};
  const auto before = bench.unread();
  for (int i = 0; i < k_times; ++i) {
    ++times_at.at((bench.probe.core().now() - bench.ends.back()) % k_conversion / k_phase);
    bench.probe.core().send_serial(k_zero);
    say();
    bench.probe.run_ms(12.3457);
  }
  EXPECT_LE(bench.unread() - before, 1);
  EXPECT_GT(*std::ranges::min_element(times_at), 0);
}

TEST(Firmware, MissesNoConversionForAPingAtAnyPhase) {
  Bench bench;
  bench.start(k_12_bit);
  std::uint32_t token = 0;
  expect_no_miss(bench, [&] { bench.probe.ask_ping(++token); });
  EXPECT_EQ(bench.probe.heard().pongs.size(), token);
  bench.stop();
  expect_whole(bench.probe.heard());
}

TEST(Firmware, MissesNoConversionForLongAnswersAtAnyPhase) {
  Bench bench;
  bench.start(k_12_bit);
  const std::size_t before = bench.probe.heard().hellos.size();
  std::uint32_t token = 0;
  expect_no_miss(bench, [&] {
    bench.probe.ask(JM_WIRE_ASK_HELLO);
    bench.probe.ask_ping(++token);
  });
  EXPECT_EQ(bench.probe.heard().hellos.size(), before + token);
  bench.stop();
  expect_whole(bench.probe.heard());
}

// Sending waits while a command comes in; not for its end, which may have been lost.
TEST(Firmware, SendsOnAfterACommandThatNeverEnds) {
  Bench bench;
  bench.start(k_12_bit);
  constexpr std::array<std::uint8_t, 3> k_cut_short{9, JM_WIRE_PING, 1};
  const std::size_t bytes = bench.probe.heard().bytes;
  while (bench.probe.heard().bytes == bytes)
    bench.probe.run_ms(0.05);  // into a frame
  bench.probe.core().send_serial(k_cut_short);
  bench.probe.run_ms(5);
  const std::size_t before = bench.probe.heard().samples.size();
  bench.probe.run_ms(100);
  EXPECT_GE(bench.probe.heard().samples.size(), before + 160);
}

TEST(Firmware, TakesUpASensorThatWasAway) {
  Bench bench;
  bench.start(k_12_bit);
  bench.probe.chip().set_present(false, bench.probe.core().now());
  bench.probe.run_ms(100);
  EXPECT_EQ(bench.probe.heard().statuses.back().state, JM_WIRE_SENSOR_LOST);
  bench.probe.chip().set_present(true, bench.probe.core().now());
  bench.probe.run_ms(100);
  EXPECT_EQ(bench.probe.heard().statuses.back().state, JM_WIRE_SAMPLING);
  EXPECT_EQ(bench.probe.chip().config(bench.probe.core().now()), k_12_bit);
  bench.stop();
  EXPECT_EQ(bench.probe.heard().statuses.back().counts[JM_WIRE_SENSOR_LOSSES], 1U);
  EXPECT_EQ(bench.probe.chip().tally().read_again, 0);
}

TEST(Firmware, GivesASensorItsSettingsBackAfterADipOfItsSupply) {
  Bench bench;
  bench.start(k_12_bit);
  bench.probe.chip().brown_out(bench.probe.core().now());
  bench.probe.run_ms(100);
  EXPECT_EQ(bench.probe.chip().config(bench.probe.core().now()), k_12_bit);
  bench.stop();
  EXPECT_EQ(bench.probe.heard().statuses.back().counts[JM_WIRE_SENSOR_LOSSES], 1U);
}

// Of the pace that the chip has after a dip as well: looking after the settings costs no conversion.
TEST(Firmware, NoticesADipAtAnyPaceAndMissesNothingForThat) {
  for (const int config : {0x199F, 0x39CD, 0x39D5}) {  // both, and averages of 2 and 4
    Bench bench;
    bench.start(static_cast<std::uint16_t>(config));
    const auto before = bench.probe.chip().tally();
    bench.probe.run_ms(1200);
    const auto after = bench.probe.chip().tally();
    EXPECT_LE(after.ended - after.read - (before.ended - before.read), 1) << std::hex << config;
    bench.probe.chip().brown_out(bench.probe.core().now());
    bench.probe.run_ms(700);
    EXPECT_EQ(bench.probe.chip().config(bench.probe.core().now()), config);
    bench.stop();
    EXPECT_EQ(bench.probe.heard().statuses.back().counts[JM_WIRE_SENSOR_LOSSES], 1U);
    EXPECT_EQ(bench.probe.chip().tally().read_again, 0);
  }
}

TEST(Firmware, KeepsItsStackInWhatTheRamLeaves) {
  Bench bench;
  bench.start(k_12_bit);
  avr_t* avr = bench.probe.core().raw();
  unsigned lowest = 0xFFFF;
  std::mt19937 random(3);
  bool level = false;
  for (const Cycle end = avr->cycle + 16'000'000; avr->cycle < end; avr_run(avr)) {
    lowest = std::min(lowest, avr->data[0x5D] | static_cast<unsigned>(avr->data[0x5E]) << 8);
    if (random() % 4000 == 0)
      bench.probe.set_line_at(avr->cycle + 50, static_cast<int>(random() % 7), level = !level);
    if (random() % 100000 == 0) bench.probe.ask(JM_WIRE_ASK_HELLO);
  }
  EXPECT_LT(0x8FF - lowest, 400U);  // of 2048 less 1228 at most
  printf("stack: %u bytes at most\n", 0x8FF - lowest);
}

}  // namespace
}  // namespace joulemark::twin
