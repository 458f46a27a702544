// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/memory_capture.h>

#include <drivers/ina219/decoder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <vector>

namespace joulemark::ina219 {
namespace {

using testing::HasSubstr;

constexpr TimeNs k_period = 532'000;
constexpr TimeNs k_boot = 5'000'000'000'000;

ChannelSetup setup_of(bool both = false) {
  ChannelSetup setup;
  setup.timing.both = both;
  setup.timing.shunt_s = {532e-6, Provenance::measured};
  setup.timing.bus_s = 532e-6;
  setup.timing.typical_period_s = both ? 1064e-6 : 532e-6;
  setup.timing.bus_interval_s = 1;
  setup.configuration.mode = both ? Mode::both : Mode::shunt;
  return setup;
}

Reading conversion(std::int64_t number, int shunt_steps, bool overflow = false) {
  Reading reading;
  reading.after_ns = k_boot + number * k_period - 100'000;
  reading.before_ns = k_boot + number * k_period + 100'000;
  reading.read_ns = reading.before_ns;
  reading.shunt = static_cast<std::uint16_t>(static_cast<std::int16_t>(shunt_steps));
  reading.overflow = overflow;
  reading.bus = static_cast<std::uint16_t>(825 << 3 | 2);
  return reading;
}

struct Decoded {
  explicit Decoded(const ChannelSetup& setup) : decoder(setup, capture) {
    CaptureInfo info;
    info.channels = channels_for(setup);
    info.supply = supply_for(setup);
    EXPECT_TRUE(capture.begin(info));
  }
  void accept(const Reading& reading) { ASSERT_TRUE(decoder.accept(reading)); }
  void finish() {
    ASSERT_TRUE(decoder.finish());
    ASSERT_TRUE(capture.end(EndReason::completed));
  }
  std::vector<Anomaly> anomalies(AnomalyKind kind) {
    std::vector<Anomaly> some;
    const std::vector<Anomaly> all = *capture.anomalies();
    for (const Anomaly& anomaly : all) {
      if (anomaly.kind == kind) some.push_back(anomaly);
    }
    return some;
  }
  std::vector<float> values(ChannelId channel = k_current_channel) {
    std::vector<float> all;
    EXPECT_TRUE(capture.read(channel, {-1'000'000, 1'000'000}, [&](const SampleBlock& block) -> Status {
      all.insert(all.end(), block.values.begin(), block.values.end());
      return {};
    }));
    return all;
  }

  MemoryCapture capture;
  Decoder decoder;
};

TEST(Decoder, StoresTheRegistersOwnStepsWithTheShuntAsScale) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 10; ++i)
    decoded.accept(conversion(i, i % 2 == 0 ? 1234 : -7));
  decoded.finish();
  EXPECT_EQ(decoded.values()[0], 1234);
  EXPECT_EQ(decoded.values()[1], -7);
  EXPECT_DOUBLE_EQ(decoded.capture.info().channels[0].scale, 100e-6);
  const std::array whole{decoded.capture.extent(k_current_channel)->time};
  const auto charge = decoded.capture.integrals(k_current, whole, Boundary::fractional);
  ASSERT_TRUE(charge);
  EXPECT_NEAR(charge->front().mean(), (1234.0 - 7) / 2 * 100e-6, 1e-9);
}

TEST(Decoder, TimeZeroIsWhereTheFirstConversionBegan) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 100; ++i)
    decoded.accept(conversion(i, 10));
  decoded.finish();
  EXPECT_EQ(decoded.decoder.zero_ns(), k_boot - k_period);
  const auto extent = decoded.capture.extent(k_current_channel);
  EXPECT_EQ(extent->time.begin_ns, 0);
  EXPECT_NEAR(extent->time.seconds(), 100 * 532e-6, 5e-6);
}

TEST(Decoder, ConversionsThatNobodyReadAreAGapOfThatSize) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 1000; ++i) {
    if (i < 100 || i >= 107) decoded.accept(conversion(i, 10));
  }
  decoded.finish();
  const auto extent = decoded.capture.extent(k_current_channel);
  EXPECT_EQ(extent->samples, 993);
  EXPECT_EQ(extent->lost_samples, 7);
  const auto gaps = decoded.anomalies(AnomalyKind::gap);
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].count, 7);
  EXPECT_EQ(gaps[0].first_index, 100);
  EXPECT_EQ(gaps[0].severity, Severity::data_loss);
  EXPECT_THAT(gaps[0].message, HasSubstr("not read in time: 7"));
}

TEST(Decoder, ManySmallLossesAreToldOnceASecond) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 18'800; ++i) {
    if (i % 10 != 5) decoded.accept(conversion(i, 10));
  }
  decoded.finish();
  const auto gaps = decoded.anomalies(AnomalyKind::gap);
  EXPECT_NEAR(static_cast<double>(gaps.size()), 10, 1);
  std::int64_t lost = 0;
  for (const Anomaly& gap : gaps)
    lost += gap.count;
  EXPECT_EQ(lost, 1880);
  EXPECT_EQ(decoded.capture.extent(k_current_channel)->lost_samples, 1880);
}

TEST(Decoder, OneConversionReadTwiceCountsOnce) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 100; ++i) {
    decoded.accept(conversion(i, i));
    if (i % 10 == 0) {
      Reading again = conversion(i, i);
      for (TimeNs* time_ns : {&again.after_ns, &again.before_ns, &again.read_ns})
        *time_ns += 120'000;
      decoded.accept(again);
    }
  }
  decoded.finish();
  EXPECT_EQ(decoded.values().size(), 100u);
  EXPECT_EQ(decoded.decoder.stale(), 10);
  const auto told = decoded.anomalies(AnomalyKind::protocol);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].severity, Severity::info);
}

TEST(Decoder, ReadingsAtTheEndOfTheRangeAreClipped) {
  for (const ShuntRange range : {ShuntRange::mv40, ShuntRange::mv320}) {
    ChannelSetup setup = setup_of();
    setup.configuration.range = range;
    const int full = range == ShuntRange::mv40 ? 4000 : 32000;  // 10 uV each
    Decoded decoded(setup);
    for (int i = 0; i < 300; ++i)
      decoded.accept(conversion(i, i >= 100 && i < 120 ? full : i >= 200 && i < 205 ? -full : full - 100));
    decoded.finish();
    const auto clipped = decoded.anomalies(AnomalyKind::clipped);
    ASSERT_EQ(clipped.size(), 2u);
    EXPECT_EQ(clipped[0].count, 20);
    EXPECT_EQ(clipped[0].first_index, 100);
    EXPECT_NEAR(static_cast<double>(clipped[0].time.begin_ns), 100 * 532e3, 20e3);
    EXPECT_NEAR(clipped[0].time.seconds(), 20 * 532e-6, 20e-6);
    EXPECT_EQ(clipped[1].count, 5);
    EXPECT_THAT(clipped[0].message, HasSubstr("max_current"));
  }
}

TEST(Decoder, AnOverflowOfTheChipIsOverRange) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 100; ++i)
    decoded.accept(conversion(i, 10, i >= 50 && i < 60));
  decoded.finish();
  const auto over = decoded.anomalies(AnomalyKind::over_range);
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].count, 10);
  EXPECT_EQ(over[0].first_index, 50);
}

TEST(Decoder, TheTimeOfABusVoltageIsBridgedAndNoLoss) {
  Decoded decoded(setup_of());
  Reading bus = conversion(0, 0);
  bus.kind = Reading::Kind::bus;
  decoded.accept(bus);
  TimeNs paused_ns = 1'000'000;
  for (int i = 0; i < 200; ++i) {
    Reading reading = conversion(i + 2, 10);
    if (i == 100) {
      Reading again = bus;
      for (TimeNs* time_ns : {&again.after_ns, &again.before_ns, &again.read_ns})
        *time_ns += 101 * k_period;
      decoded.accept(again);
      reading.restarted = true;
    }
    if (i >= 100) {
      for (TimeNs* time_ns : {&reading.after_ns, &reading.before_ns, &reading.read_ns})
        *time_ns += paused_ns;
    }
    decoded.accept(reading);
  }
  decoded.finish();
  const auto extent = decoded.capture.extent(k_current_channel);
  EXPECT_EQ(extent->samples, 201);
  EXPECT_EQ(extent->lost_samples, 0);
  EXPECT_NEAR(extent->time.seconds(), 200 * 532e-6 + 1e-3, 5e-6);
  const auto dead = decoded.anomalies(AnomalyKind::dead_time);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_NEAR(dead[0].time.seconds(), 1e-3, 5e-6);
  EXPECT_EQ(dead[0].first_index, 100);
  EXPECT_EQ(decoded.values(k_voltage_channel), std::vector<float>(201, 330'000));
  EXPECT_DOUBLE_EQ(330'000 * decoded.capture.info().channels[1].scale, 3.3);
}

struct Change {
  int before;
  int after;
};
class TheMiddle : public testing::TestWithParam<Change> {};

// Wherever the current changed meanwhile: half of either side, 1 ms long.
TEST_P(TheMiddle, OfBothSidesStandsForAnUnobservedTime) {
  Decoded decoded(setup_of());
  Reading bus = conversion(0, 0);
  bus.kind = Reading::Kind::bus;
  for (int i = 0; i < 200; ++i) {
    Reading reading = conversion(i + 2, i < 100 ? GetParam().before : GetParam().after);
    if (i == 0) decoded.accept(bus);
    reading.restarted = i == 100;
    if (i >= 100) {
      for (TimeNs* time_ns : {&reading.after_ns, &reading.before_ns, &reading.read_ns})
        *time_ns += 1'000'000;
    }
    decoded.accept(reading);
  }
  decoded.finish();
  const std::array whole{decoded.capture.extent(k_current_channel)->time};
  const auto charge = decoded.capture.integrals(k_current_channel, whole, Boundary::fractional);
  ASSERT_TRUE(charge);
  const double step_a = k_shunt_step_v / k_usual_shunt_ohm;
  const double sides = 100 * 532e-6 * (GetParam().before + GetParam().after);
  const double middle = 1e-3 * 0.5 * (GetParam().before + GetParam().after);
  EXPECT_NEAR(charge->front().integral, step_a * (sides + middle), step_a * 5e-6 * 1500);
}
INSTANTIATE_TEST_SUITE_P(Decoder, TheMiddle, testing::Values(Change{0, 1401}, Change{1400, 1}, Change{7, 7}));

// A transfer that fails for long is no measurement of the voltage.
TEST(Decoder, WhatIsUnobservedForLongIsAGap) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 200; ++i) {
    Reading reading = conversion(i + (i < 100 ? 2 : 52), 10);
    reading.restarted = i == 100;
    decoded.accept(reading);
  }
  decoded.finish();
  EXPECT_EQ(decoded.capture.extent(k_current_channel)->lost_samples, 50);
  EXPECT_TRUE(decoded.anomalies(AnomalyKind::dead_time).empty());
  EXPECT_EQ(decoded.anomalies(AnomalyKind::gap).size(), 1U);
}

// 3.3 V behind 1 ohm, read at rest; then the target draws 14 mA for 20 conversions out of 100.
TEST(Decoder, BetweenReadingsTheEnergyIsThatOfTheVoltageThatTheShuntLeaves) {
  ChannelSetup setup = setup_of();
  setup.shunt_ohm = 1;
  Decoded decoded(setup);
  Reading bus = conversion(0, 0);
  bus.kind = Reading::Kind::bus;
  decoded.accept(bus);
  for (int i = 0; i < 1000; ++i)
    decoded.accept(conversion(i + 2, i % 100 >= 20 && i % 100 < 40 ? 1400 : 0));
  decoded.finish();
  const std::array whole{decoded.capture.extent(k_current_channel)->time};
  const auto energy = decoded.capture.integrals(k_power, whole, Boundary::fractional);
  ASSERT_TRUE(energy);
  EXPECT_NEAR(energy->front().integral / (200 * 532e-6 * 14e-3 * (3.3 - 14e-3)), 1, 1e-6);
}

TEST(Decoder, ConversionsThatNobodyReadAreMissingFromTheVoltageToo) {
  Decoded decoded(setup_of());
  Reading bus = conversion(0, 0);
  bus.kind = Reading::Kind::bus;
  decoded.accept(bus);
  for (int i = 2; i < 1000; ++i) {
    if (i < 100 || i >= 107) decoded.accept(conversion(i, i));
  }
  decoded.finish();
  const auto extent = decoded.capture.extent(k_voltage_channel);
  EXPECT_EQ(extent->samples, 991);
  EXPECT_EQ(extent->lost_samples, 7);
  EXPECT_EQ(extent->time, decoded.capture.extent(k_current_channel)->time);
  const std::vector<float> current = decoded.values();
  const std::vector<float> voltage = decoded.values(k_voltage_channel);
  ASSERT_EQ(current.size(), voltage.size());
  for (std::size_t i = 0; i < current.size(); ++i)
    ASSERT_EQ(voltage[i] + current[i], 330'000 + current[0]);
}

TEST(Decoder, InModeBothTheShuntCameBeforeTheBusVoltage) {
  Decoded decoded(setup_of(true));
  for (int i = 0; i < 50; ++i)
    decoded.accept(conversion(2 * i, 10));
  decoded.finish();
  const Channel& current = decoded.capture.info().channels[0];
  EXPECT_DOUBLE_EQ(current.dead_time_s.value, 532e-6);
  EXPECT_DOUBLE_EQ(current.aperture_s.value, 532e-6);
  EXPECT_NEAR(current.rate_hz, 1 / 1064e-6, 1e-9);
  std::vector<TimeNs> first_stamps;
  for (const ChannelId channel : {k_current_channel, k_voltage_channel}) {
    EXPECT_TRUE(decoded.capture.read(channel, {0, 1}, [&](const SampleBlock& block) -> Status {
      first_stamps.push_back(block.stamps_ns[0]);
      return {};
    }));
  }
  EXPECT_EQ(first_stamps, (std::vector<TimeNs>{532'000, 1'064'000}));
}

TEST(Decoder, AClockThatGoesBackIsAJumpAndTheRecordingGoesOn) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 100; ++i)
    decoded.accept(conversion(i, 10));
  for (int i = 0; i < 100; ++i) {
    Reading reading = conversion(i + 100, 10);
    for (TimeNs* time_ns : {&reading.after_ns, &reading.before_ns, &reading.read_ns})
      *time_ns -= 3'600'000'000'000;
    decoded.accept(reading);
  }
  decoded.finish();
  ASSERT_EQ(decoded.anomalies(AnomalyKind::clock_jump).size(), 1u);
  const auto extent = decoded.capture.extent(k_current_channel);
  EXPECT_EQ(extent->samples, 200);
  EXPECT_EQ(extent->lost_samples, 1);  // what reaches over the jump is not whole
  EXPECT_EQ(decoded.anomalies(AnomalyKind::gap).size(), 1u);
  EXPECT_NEAR(extent->time.seconds(), 201 * 532e-6, 0.5e-3);
  EXPECT_NEAR(to_seconds(*decoded.decoder.zero_ns() - k_boot), -3600, 1e-2);
}

TEST(Decoder, FailedTransfersAndAResetChipAreInTheCapture) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 100; ++i) {
    decoded.accept(conversion(i, 10));
    Reading reading = conversion(i, 0);
    reading.error = ENXIO;
    reading.kind = i == 50 ? Reading::Kind::reconfigured : Reading::Kind::fault;
    if (i == 50) reading.after_ns = conversion(20, 0).read_ns;
    if (i % 10 == 0) decoded.accept(reading);
  }
  decoded.finish();
  const auto told = decoded.anomalies(AnomalyKind::protocol);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_THAT(told[0].message, HasSubstr("9 transfers"));
  const auto reset = decoded.anomalies(AnomalyKind::over_range);
  ASSERT_EQ(reset.size(), 1u);
  EXPECT_THAT(reset[0].message, HasSubstr("lost its configuration"));
  EXPECT_NEAR(to_seconds(reset[0].time.begin_ns), 21 * 532e-6, 0.2e-3);
  EXPECT_NEAR(to_seconds(reset[0].time.end_ns), 51 * 532e-6, 0.2e-3);
}

TEST(Decoder, WithoutConversionReadyLateReadingsAreNotTakenForMissedOnes) {
  ChannelSetup setup = setup_of();
  setup.timing.clocked = false;
  Decoded decoded(setup);
  constexpr std::array<TimeNs, 4> k_late{300'000, 0, 500'000, 100'000};
  for (std::size_t i = 0; i < 1000; ++i) {
    Reading reading = conversion(static_cast<std::int64_t>(i), 10);
    reading.read_ns += k_late[i % k_late.size()];
    if (i % 100 != 50) decoded.accept(reading);
  }
  decoded.finish();
  EXPECT_EQ(decoded.decoder.samples(), 990);
  EXPECT_EQ(decoded.decoder.missed(), 10);
}

TEST(Decoder, WithoutConversionReadyWhatIsReadLateAfterARestartWasMissed) {
  ChannelSetup setup = setup_of();
  setup.timing.clocked = false;
  Decoded decoded(setup);
  for (std::int64_t i = 0; i < 200; ++i) {
    Reading reading = conversion(i < 100 ? i : i + 6, 10);
    reading.restarted = i == 100;  // a little after number 100, and asked for at 106 only
    if (reading.restarted) reading.after_ns = k_boot + 100 * k_period + 200'000;
    decoded.accept(reading);
  }
  decoded.finish();
  EXPECT_EQ(decoded.decoder.samples(), 200);
  EXPECT_EQ(decoded.decoder.missed(), 4);
}

TEST(Decoder, MeasuresTheRateOverTheWholeRecording) {
  Decoded decoded(setup_of());
  for (int i = 0; i < 10'000; ++i) {
    Reading reading = conversion(i, 10);
    for (TimeNs* time_ns : {&reading.after_ns, &reading.before_ns, &reading.read_ns})
      *time_ns += i * 1'000;  // 533 us
    if (i % 100 != 0) decoded.accept(reading);
  }
  decoded.finish();
  ASSERT_TRUE(decoded.decoder.measured_period_s());
  EXPECT_NEAR(*decoded.decoder.measured_period_s(), 533e-6, 20e-9);
}

}  // namespace
}  // namespace joulemark::ina219
