// SPDX-License-Identifier: GPL-3.0-or-later
// The twin: what its probe tells of its target, against what really happened.
#include <drivers/emulator/twin/twin.h>

#include <tests/firmware/simulated/probe_host.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace joulemark::twin {
namespace {

constexpr std::uint16_t k_40_mv_12_bit = 0x219D;  // 32 V, 40 mV, 12 bits, shunt continuously
constexpr double k_ns_per_tick = 500;
constexpr int k_lines = 3;

TwinSettings plain_settings() {
  TwinSettings settings;
  settings.target_firmware = JM_FIRMWARE_DIR "/kws.elf";
  settings.probe_firmware = JM_PROBE_ELF;
  settings.sensor.noise_v = 8e-6;  // sleep is 12.45 steps: without noise it would read as 12, 4 % less
  return settings;
}

class TwinBench {
 public:
  explicit TwinBench(const TwinSettings& settings = plain_settings())
      : twin(std::move(Twin::power_on(settings).value())),
        host([this](std::span<const std::uint8_t> bytes) { twin->send(bytes); }) {
    run(0.05);
  }

  void start(std::uint16_t config = k_40_mv_12_bit) {
    host.ask_configure({config, 0, 1'000'000, 7, 0, 0});
    run(0.05);
    ASSERT_EQ(host.heard().acks.size(), 1U);
    ASSERT_EQ(host.heard().acks[0].outcome, JM_WIRE_OK);
    host.ask_start();
    run(0.05);
  }

  void stop() {
    host.ask(JM_WIRE_STOP);
    run(0.15);
  }

  void run(double seconds) {
    for (const TimeNs end = twin->now_ns() + from_seconds(seconds); twin->now_ns() < end;) {
      const Status ran = twin->run_until(std::min(end, twin->now_ns() + 10'000'000));
      ASSERT_TRUE(ran.has_value()) << ran.error().message;
      for (const std::uint8_t byte : twin->take_received())
        host.hear(byte);
    }
  }

  [[nodiscard]] double ns_of_ticks(std::uint64_t ticks) const {
    return static_cast<double>(ticks) * k_ns_per_tick + static_cast<double>(twin->probe_clock_start_ns());
  }

  std::unique_ptr<Twin> twin;
  ProbeHost host;
};

// JOULEMARK_LONG=1: the minute that the documentation speaks of.
double seconds_to_run() {
  const char* is_long = std::getenv("JOULEMARK_LONG");
  return is_long != nullptr && *is_long == '1' ? 60 : 6;
}

void expect_nothing_lost(const Heard& heard) {
  EXPECT_EQ(heard.damaged, 0);
  for (std::size_t i = 1; i < heard.samples.size(); ++i)
    ASSERT_EQ(heard.samples[i].number, heard.samples[i - 1].number + 1);
  for (int count = JM_WIRE_LOST_SAMPLES; count < JM_WIRE_COUNTS; ++count)
    EXPECT_EQ(heard.statuses.back().counts[count], 0U) << "count " << count;
  EXPECT_EQ(heard.statuses.back().counts[JM_WIRE_NEXT_SAMPLE], heard.samples.size());
  EXPECT_EQ(heard.statuses.back().counts[JM_WIRE_NEXT_EDGE], heard.edges.size());
}

// The edges that the truth holds for one line within a time.
std::vector<TimeNs> true_edges(const Truth& truth, int line, TimeRange within) {
  std::vector<TimeNs> edges;
  for (const TrueEvent& event : truth.events()) {
    if (event.line != line) continue;
    for (const TimeNs time : {event.time.begin_ns, event.time.end_ns})
      if (within.contains(time)) edges.push_back(time);
  }
  return edges;
}

// One run that several tests look at.
class TwinRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto settings = plain_settings();
    settings.sounds.interval_s = 0.3;
    bench_ = std::make_unique<TwinBench>(settings);
    bench_->start();
    watched_.begin_ns = bench_->twin->now_ns();
    bench_->run(seconds_to_run());
    watched_.end_ns = bench_->twin->now_ns();
    bench_->stop();
  }
  static void TearDownTestSuite() { bench_.reset(); }

  static std::unique_ptr<TwinBench> bench_;
  static TimeRange watched_;
};
std::unique_ptr<TwinBench> TwinRun::bench_;
TimeRange TwinRun::watched_;

TEST_F(TwinRun, LosesNothing) {
  expect_nothing_lost(bench_->host.heard());
  EXPECT_GT(static_cast<double>(bench_->host.heard().samples.size()), seconds_to_run() / 532e-6);
  EXPECT_EQ(bench_->twin->tally().read_again, 0);
}

TEST_F(TwinRun, StampsEdgesAsThePinsMoved) {
  const Heard& heard = bench_->host.heard();
  for (int line = 0; line < k_lines; ++line) {
    std::vector<double> stamps;
    for (const HeardEdge& edge : heard.edges)
      if (edge.line == line) stamps.push_back(bench_->ns_of_ticks(edge.ticks));
    std::erase_if(stamps, [](double stamp) { return stamp < static_cast<double>(watched_.begin_ns); });
    const std::vector<TimeNs> truth = true_edges(bench_->twin->truth(), line, watched_);
    ASSERT_GE(truth.size(), line == 2 ? 2U : 10U);
    ASSERT_LE(truth.size(), stamps.size());  // an event may have begun, and not ended yet
    double worst_us = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const double lag_ns = heard.lines[static_cast<std::size_t>(line)].lag_ticks * k_ns_per_tick;
      worst_us = std::max(worst_us, std::abs(stamps[i] - lag_ns - static_cast<double>(truth[i])) / 1000);
    }
    std::printf("line %d: %zu edges, worst %.2f us\n", line, truth.size(), worst_us);
    EXPECT_LE(worst_us, line == 0 ? 2 : 25);
  }
}

TEST_F(TwinRun, MeasuresTheChargeThatPassed) {
  double charge_c = 0;
  for (const HeardSample& sample : bench_->host.heard().samples)
    charge_c += sample.code * 10e-6 / 1.0 * 532e-6;
  const auto truth = nlohmann::json::parse(bench_->twin->truth_json({}));
  const double true_c = truth["sampled"]["charge_c"];
  std::printf("charge: %.4f %%\n", 100 * (charge_c / true_c - 1));
  EXPECT_NEAR(charge_c / true_c, 1, 0.0005);
}

TEST_F(TwinRun, HearsKeywordsAboutAsOftenAsTheyAreSaid) {
  int inferences = 0;
  int keywords = 0;
  for (const TrueEvent& event : bench_->twin->truth().events()) {
    inferences += event.line == 0;
    keywords += event.line == 2;
    EXPECT_FALSE(event.cut_off);
    EXPECT_TRUE(event.wake_to_sleep_j.has_value());
  }
  EXPECT_NEAR(inferences, seconds_to_run() / 0.3, 3 + seconds_to_run() / 10);
  const double spread = std::sqrt(0.4 * 0.6 * inferences);
  EXPECT_NEAR(keywords, 0.4 * inferences, 3 * spread);
}

TEST(Twin, DoesTheSameThingTwice) {
  const auto run = [] {
    TwinBench bench;
    bench.start();
    bench.run(0.7);
    return bench.twin->truth_json({});
  };
  EXPECT_EQ(run(), run());
}

// ---- Faults ----

TwinSettings with_fault(const std::string& text) {
  auto settings = plain_settings();
  settings.faults = parse_faults(std::vector<std::string>{text}).value();
  return settings;
}

struct Outcome {
  Heard heard;
  nlohmann::json truth;
};

Outcome after(const std::string& fault, double seconds = 0.8) {
  TwinBench bench(with_fault(fault));
  bench.start();
  bench.run(seconds);
  bench.stop();
  return {bench.host.heard(), nlohmann::json::parse(bench.twin->truth_json({}))};
}

std::uint32_t count_of(const Heard& heard, jm_wire_count count) {
  return heard.statuses.back().counts[count];
}

TEST(TwinFaults, DisturbedBytesCostFramesAndNothingElse) {
  for (const char* fault : {"lose:3@200ms", "flip:3@200ms", "insert:3@200ms"}) {
    const Outcome outcome = after(fault);
    EXPECT_GE(outcome.heard.damaged, 1) << fault;
    EXPECT_LE(outcome.heard.damaged, 3) << fault;
    EXPECT_LT(outcome.heard.samples.size(), count_of(outcome.heard, JM_WIRE_NEXT_SAMPLE)) << fault;
    EXPECT_EQ(count_of(outcome.heard, JM_WIRE_I2C_ERRORS), 0U) << fault;
  }
}

TEST(TwinFaults, ASensorThatFailsIsToldAndTakenUpAgain) {
  for (const char* fault : {"nack@200ms+200ms", "gone@200ms+200ms", "stall@200ms+200ms"}) {
    const Outcome outcome = after(fault);
    EXPECT_EQ(count_of(outcome.heard, JM_WIRE_SENSOR_LOSSES), 1U) << fault;
    const auto trouble =
        count_of(outcome.heard, JM_WIRE_I2C_ERRORS) + count_of(outcome.heard, JM_WIRE_I2C_TIMEOUTS);
    EXPECT_GE(trouble, 1U) << fault;
    EXPECT_EQ(outcome.heard.damaged, 0) << fault;
    const double last_s = static_cast<double>(outcome.heard.samples.back().ticks) / 2e6;
    EXPECT_GT(last_s, 0.9) << fault << ": samples came again";
    EXPECT_LT(outcome.heard.samples.size(), 1.1 / 532e-6 - 300) << fault;
  }
}

TEST(TwinFaults, AnOverloadIsOverRange) {
  const Outcome outcome = after("overload@200ms+100ms");
  EXPECT_NEAR(count_of(outcome.heard, JM_WIRE_OVER_RANGE), 0.1 / 532e-6, 3);
}

TEST(TwinFaults, AResetTargetsMarkerFallsInTheMiddle) {
  const Outcome outcome = after("reset@1ms", 2.5);
  ASSERT_EQ(outcome.truth["target_resets_s"].size(), 1U);
  int cut_off = 0;
  int whole_after = 0;
  for (const auto& event : outcome.truth["events"]) {
    if (event["cut_off"]) {
      ++cut_off;
      EXPECT_EQ(event["line"], 0);
      EXPECT_TRUE(event["energy_wake_to_sleep_j"].is_null());
      EXPECT_NEAR(event["end_s"].get<double>(), outcome.truth["target_resets_s"][0].get<double>(), 1e-9);
      EXPECT_NEAR(event["end_s"].get<double>() - event["begin_s"].get<double>(), 5e-3, 1e-3);
    } else if (event["begin_s"] > outcome.truth["target_resets_s"][0]) {
      ++whole_after;
    }
  }
  EXPECT_EQ(cut_off, 1);
  EXPECT_GE(whole_after, 2) << "it goes on working";
}

TEST(TwinFaults, AreRefusedWhenTheyMakeNoSense) {
  for (const char* text : {"lose@1s", "lose:0@1s", "nack@1s", "reset@1s+1s", "reset@1", "flood:3@1s", ""})
    EXPECT_FALSE(parse_faults(std::vector<std::string>{text}).has_value()) << text;
}

}  // namespace
}  // namespace joulemark::twin
