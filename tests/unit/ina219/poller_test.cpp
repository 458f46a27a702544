// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/memory_capture.h>

#include <drivers/ina219/decoder.h>
#include <drivers/ina219/poller.h>

#include <tests/unit/ina219/bench.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace joulemark::ina219 {
namespace {

using test::Bench;
using Kind = Reading::Kind;

struct Polling {
  std::vector<Reading> readings;
  Poller::State state = Poller::State::going;

  [[nodiscard]] std::vector<Reading> of(Kind kind) const {
    std::vector<Reading> some;
    for (const Reading& reading : readings) {
      if (reading.kind == kind) some.push_back(reading);
    }
    return some;
  }
};

Polling run(Bench& bench, Poller& poller, double seconds) {
  Polling result;
  for (const TimeNs end_ns = bench.time.now_ns + from_seconds(seconds); bench.time.now_ns < end_ns;) {
    const Poller::Turn turn = poller.step();
    if (turn.reading) result.readings.push_back(*turn.reading);
    result.state = turn.state;
    if (turn.state != Poller::State::going) break;
  }
  return result;
}

// A current that rises by about 3 steps a conversion tells every conversion from all others.
void make_ramp(Bench& bench) {
  bench.load.current_a = [](double s) { return -390e-3 + s * 0.5; };
}

TEST(Poller, ReadsEveryConversionOnce) {
  Bench bench;
  make_ramp(bench);
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  const auto shunts = run(bench, poller, 1).of(Kind::shunt);
  ASSERT_GT(shunts.size(), 1870u);
  // The first ones on the truth's list were before the chip was configured.
  const std::size_t before = bench.conversions.size() - shunts.size();
  ASSERT_LE(before, 3u);
  std::size_t k = 0;
  while (bench.conversions[k].code != shunts[0].shunt)
    ++k;
  for (std::size_t i = 0; i < shunts.size(); ++i) {
    const auto& conversion = bench.conversions[k + i];
    ASSERT_EQ(shunts[i].shunt, conversion.code) << i;
    ASSERT_GT(conversion.time.end_ns, shunts[i].after_ns);
    ASSERT_LE(conversion.time.end_ns, shunts[i].before_ns);
  }
}

// The chip then still shows the voltage's conversion as ready, and the shunt's old one in its register.
TEST(Poller, NeverReadsOneTwiceWhenTheModeCannotBeSetBackAtOnce) {
  Bench bench;
  make_ramp(bench);
  std::size_t failed = 0;
  int since_ready = 0;
  bench.bus.fault = [&] {
    constexpr unsigned k_bus_once = 2;
    const bool measures_bus = (bench.model.read(bench.time.now_ns, 0) & 7U) == k_bus_once;
    if (!measures_bus || bench.bus_conversions.size() == failed) return 0;
    if (since_ready++ == 0) return 0;  // reads the voltage
    since_ready = 0;
    failed = bench.bus_conversions.size();
    return EREMOTEIO;
  };
  Poller::Plan plan;
  plan.bus_interval_s = 0.1;
  Poller poller(bench.bus, bench.time, plan);
  ASSERT_EQ(poller.start(), 0);
  const auto shunts = run(bench, poller, 1).of(Kind::shunt);
  EXPECT_GE(failed, 9u);
  ASSERT_GT(shunts.size(), 1700u);
  for (std::size_t i = 1; i < shunts.size(); ++i)
    ASSERT_GT(static_cast<std::int16_t>(shunts[i].shunt), static_cast<std::int16_t>(shunts[i - 1].shunt))
        << i;
}

TEST(Poller, NeverReadsOneTwiceHoweverSlowAndUnsteadyTheBusIs) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Bench bench;
    make_ramp(bench);
    std::mt19937 random(seed);
    std::exponential_distribution<double> cost(1.0 / (20e3 * seed));
    bench.bus.transfer_ns = [&] { return TimeNs{30'000} + static_cast<TimeNs>(cost(random)); };
    Poller poller(bench.bus, bench.time, {});
    ASSERT_EQ(poller.start(), 0);
    const auto shunts = run(bench, poller, 1).of(Kind::shunt);
    ASSERT_GT(shunts.size(), 10u);  // on the slowest most could be of one conversion or of the next
    for (std::size_t i = 1; i < shunts.size(); ++i)
      ASSERT_GT(static_cast<std::int16_t>(shunts[i].shunt), static_cast<std::int16_t>(shunts[i - 1].shunt));
  }
}

// A bus whose user is held up before or after the transfer that takes a value.
class HeldUpBus final : public i2c::RegisterBus {
 public:
  HeldUpBus(Bench& bench, TimeNs before_ns, TimeNs after_ns)
      : bench_(bench), before_ns_(before_ns), after_ns_(after_ns) {}

  int write(std::uint8_t reg, std::uint16_t value) override { return bench_.bus.write(reg, value); }
  int read(std::span<const std::uint8_t> regs, std::span<std::uint16_t> values) override {
    const bool held = regs[0] == 1 && ++taken_ % 20 == 0;
    if (held) bench_.time.now_ns += before_ns_;
    const int error = bench_.bus.read(regs, values);
    if (held) bench_.time.now_ns += after_ns_;
    return error;
  }

 private:
  Bench& bench_;
  TimeNs before_ns_;
  TimeNs after_ns_;
  int taken_ = 0;
};

class HeldUp : public testing::TestWithParam<std::pair<TimeNs, TimeNs>> {};

// By its code each sample says which conversion it is, and the truth when that ended.
TEST_P(HeldUp, AValueNeverStandsAtTheTimeOfAnother) {
  Bench bench;
  make_ramp(bench);
  HeldUpBus bus(bench, GetParam().first, GetParam().second);
  Poller poller(bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  ChannelSetup setup;
  setup.timing.shunt_s = {532e-6, Provenance::measured};
  setup.timing.typical_period_s = 532e-6;
  setup.voltage_v = 3.3;
  MemoryCapture capture;
  CaptureInfo info;
  info.channels = channels_for(setup);
  ASSERT_TRUE(capture.begin(info));
  Decoder decoder(setup, capture);
  for (const Reading& reading : run(bench, poller, 1).readings)
    ASSERT_TRUE(decoder.accept(reading));
  ASSERT_TRUE(decoder.finish());
  EXPECT_GT(decoder.samples(), 1200);
  std::optional<std::int64_t> first;
  ASSERT_TRUE(capture.read(k_current_channel, {0, 100'000}, [&](const SampleBlock& block) -> Status {
    for (std::size_t i = 0; i < block.values.size(); ++i) {
      const auto truth = std::ranges::find_if(bench.conversions, [&](const auto& each) {
        return static_cast<std::int16_t>(each.code) == static_cast<int>(block.values[i]);
      });
      const std::int64_t number = truth - bench.conversions.begin();
      const std::int64_t index = block.first_index + static_cast<std::int64_t>(i);
      if (!first) first = number - index;
      EXPECT_EQ(number - index, *first);
      EXPECT_NEAR(to_seconds(truth->time.end_ns - *decoder.zero_ns() - block.stamps_ns[i]), 0, 150e-6);
    }
    return {};
  }));
}

INSTANTIATE_TEST_SUITE_P(Poller, HeldUp,
                         testing::Values(std::pair{300'000, 0}, std::pair{700'000, 0},
                                         std::pair{2'500'000, 0}, std::pair{0, 300'000},
                                         std::pair{0, 700'000}, std::pair{0, 2'500'000},
                                         std::pair{400'000, 400'000}));

TEST(Poller, AsksLittleMoreThanItMust) {
  Bench bench;
  int transfers = 0;
  bench.bus.fault = [&] { return ++transfers, 0; };
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  const auto shunts = run(bench, poller, 1).of(Kind::shunt);
  EXPECT_LT(transfers, 5 * static_cast<int>(shunts.size()));
}

TEST(Poller, MeasuresTheBusVoltageInBetweenAndSaysThatTheConverterStartedAnew) {
  Bench bench;
  bench.load.voltage_v = [](double s) { return 3 + s / 10; };
  Poller::Plan plan;
  plan.bus_interval_s = 0.1;
  Poller poller(bench.bus, bench.time, plan);
  ASSERT_EQ(poller.start(), 0);
  const Polling result = run(bench, poller, 1.05);
  const auto buses = result.of(Kind::bus);
  ASSERT_EQ(buses.size(), 11u);
  for (std::size_t i = 0; i < buses.size(); ++i) {
    const double expected_v = 3 + to_seconds(buses[i].before_ns - 1'000'000'000) / 10;
    EXPECT_NEAR(bus_voltage_from(buses[i].bus).steps * k_bus_step_v, expected_v, 0.004);
  }
  std::size_t restarts = 0;
  for (const Reading& reading : result.of(Kind::shunt))
    restarts += reading.restarted ? 1 : 0;
  EXPECT_EQ(restarts, 11u);
}

// The conversion under way when a voltage is due would be lost, and it may be all but done.
TEST(Poller, TheShuntIsUnobservedForLittleMoreThanTheBusVoltageTakes) {
  Bench bench;
  Poller::Plan plan;
  plan.bus_interval_s = 0.0211;  // at any phase of a conversion
  Poller poller(bench.bus, bench.time, plan);
  ASSERT_EQ(poller.start(), 0);
  static_cast<void>(run(bench, poller, 2));
  ASSERT_GT(bench.bus_conversions.size(), 80U);
  const auto after = [&](TimeNs time_ns) {
    return std::ranges::find_if(bench.conversions,
                                [&](const auto& each) { return each.time.begin_ns >= time_ns; });
  };
  for (const auto& bus : bench.bus_conversions) {
    const auto next = after(bus.time.end_ns);
    if (next == bench.conversions.end() || next == bench.conversions.begin()) continue;
    EXPECT_LT(next->time.begin_ns - std::prev(next)->time.end_ns, 1'200'000);
  }
}

TEST(Poller, GoesOnAfterTransfersThatFailed) {
  Bench bench;
  int transfers = 0;
  bench.bus.fault = [&] { return ++transfers % 500 == 0 ? ENXIO : 0; };
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  const Polling result = run(bench, poller, 1);
  EXPECT_EQ(result.state, Poller::State::going);
  EXPECT_GT(result.of(Kind::fault).size(), 10u);
  EXPECT_EQ(result.of(Kind::fault).front().error, ENXIO);
  EXPECT_GT(result.of(Kind::shunt).size(), 1800u);
}

TEST(Poller, SaysThatAChipHasLeftWhichDoesNotAcknowledgeForASecond) {
  Bench bench;
  const TimeNs leaves_ns = bench.time.now_ns + 500'000'000;
  bench.bus.fault = [&] { return bench.time.now_ns > leaves_ns ? EREMOTEIO : 0; };
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  EXPECT_EQ(run(bench, poller, 10).state, Poller::State::unplugged);
  EXPECT_NEAR(to_seconds(bench.time.now_ns - leaves_ns), 1, 0.1);
}

TEST(Poller, SaysAtOnceThatTheAdapterHasLeft) {
  Bench bench;
  const TimeNs leaves_ns = bench.time.now_ns + 500'000'000;
  bench.bus.fault = [&] { return bench.time.now_ns > leaves_ns ? ENODEV : 0; };
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  EXPECT_EQ(run(bench, poller, 10).state, Poller::State::unplugged);
  EXPECT_LT(to_seconds(bench.time.now_ns - leaves_ns), 0.01);
}

TEST(Poller, SaysThatAChipStalledWhichEndsNoConversion) {
  Bench bench;
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  ASSERT_EQ(run(bench, poller, 0.1).state, Poller::State::going);
  // Somebody else switches it off again as soon as it is configured.
  bench.bus.fault = [&] {
    bench.model.write(bench.time.now_ns, 0, 0x0018);
    static_cast<void>(bench.model.read(bench.time.now_ns, 3));
    return 0;
  };
  EXPECT_EQ(run(bench, poller, 10).state, Poller::State::stalled);
}

TEST(Poller, ConfiguresAChipAgainThatWasReset) {
  Bench bench;
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  ASSERT_EQ(run(bench, poller, 0.3).state, Poller::State::going);
  bench.model.reset(bench.time.now_ns);
  const Polling result = run(bench, poller, 3);
  EXPECT_EQ(result.of(Kind::reconfigured).size(), 1u);
  EXPECT_EQ(bench.model.read(bench.time.now_ns, 0), Configuration().code());
}

// The measurement of the bus voltage writes the configuration anew, and hides what had become of it.
TEST(Poller, SeesAResetAlsoWhereTheBusVoltageIsMeasured) {
  Bench bench;
  Poller::Plan plan;
  plan.calibration = 0x1000;
  plan.bus_interval_s = 0.1;
  Poller poller(bench.bus, bench.time, plan);
  ASSERT_EQ(poller.start(), 0);
  ASSERT_EQ(run(bench, poller, 1.5).state, Poller::State::going);
  const TimeNs reset_ns = bench.time.now_ns;
  bench.model.reset(reset_ns);
  const auto told = run(bench, poller, 3).of(Kind::reconfigured);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_LE(told[0].after_ns, reset_ns);
  EXPECT_GT(told[0].after_ns, reset_ns - 1'100'000'000);
  EXPECT_GT(told[0].read_ns, reset_ns);
  EXPECT_EQ(told[0].error, 0);
  EXPECT_EQ(bench.model.read(bench.time.now_ns, 5), 0x1000);
}

TEST(Poller, SeesAtTheEndThatAChipWasResetSinceItLastLooked) {
  Bench bench;
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  ASSERT_EQ(run(bench, poller, 0.3).state, Poller::State::going);
  EXPECT_FALSE(poller.look_at_the_end());
  const TimeNs sound_ns = bench.time.now_ns;
  bench.model.reset(sound_ns);
  EXPECT_TRUE(run(bench, poller, 0.3).of(Kind::reconfigured).empty());
  const auto told = poller.look_at_the_end();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, Kind::reconfigured);
  EXPECT_LE(told->after_ns, sound_ns);
}

TEST(Poller, SaysThatAChipCannotBeConfiguredAndTriesAgainAtOnce) {
  Bench bench;
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  ASSERT_EQ(run(bench, poller, 0.3).state, Poller::State::going);
  const TimeNs reset_ns = bench.time.now_ns;
  bench.model.reset(reset_ns);
  const TimeNs writable_ns = reset_ns + 900'000'000;
  bench.bus.write_fault = [&] { return bench.time.now_ns < writable_ns ? EREMOTEIO : 0; };
  const auto told = run(bench, poller, 3).of(Kind::reconfigured);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].error, EREMOTEIO);
  EXPECT_EQ(told[1].error, 0);
  EXPECT_LE(told[1].after_ns, reset_ns);
  EXPECT_NEAR(to_seconds(told[1].read_ns - writable_ns), 0, 0.01);
}

TEST(Poller, DoesNotBlameTheChipForATimeInWhichItWasNotAsked) {
  Bench bench;
  Poller poller(bench.bus, bench.time, {});
  ASSERT_EQ(poller.start(), 0);
  ASSERT_EQ(run(bench, poller, 0.3).state, Poller::State::going);
  bench.time.now_ns += 10'000'000'000;
  EXPECT_EQ(run(bench, poller, 0.3).state, Poller::State::going);
  bool failed = false;
  bench.bus.fault = [&] { return std::exchange(failed, true) ? 0 : EREMOTEIO; };
  ASSERT_EQ(run(bench, poller, 0.001).state, Poller::State::going);
  failed = false;
  bench.time.now_ns += 10'000'000'000;
  EXPECT_EQ(run(bench, poller, 0.3).state, Poller::State::going);
}

TEST(Poller, WithoutAWorkingFlagReadsOnceAPeriod) {
  Bench bench;
  bench.bus.ready_stuck = true;
  Poller::Plan plan;
  plan.clocked = false;
  Poller poller(bench.bus, bench.time, plan);
  ASSERT_EQ(poller.start(), 0);
  EXPECT_NEAR(static_cast<double>(run(bench, poller, 1).of(Kind::shunt).size()), 1 / 532e-6, 3);
}

}  // namespace
}  // namespace joulemark::ina219
