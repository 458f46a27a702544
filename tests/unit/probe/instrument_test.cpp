// SPDX-License-Identifier: Apache-2.0
// The driver and the firmware's own core on an undamaged line. The fake chip numbers its conversions and
// remembers when each ended: that is the truth.
#include <tests/unit/probe/board.h>

#include <gmock/gmock.h>

#include <cmath>

namespace joulemark::probe::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Every sample is a conversion of its own, none is missing, and its stamp is where the conversion ended.
void expect_true_samples(const std::vector<Recorded::Sample>& samples, TimeNs tolerance_ns) {
  ASSERT_FALSE(samples.empty());
  const Recorded::Sample& first = samples.front();
  const auto end_ns = [](const Recorded::Sample& sample) {
    return static_cast<TimeNs>(fake_ina219_ended(static_cast<std::uint32_t>(sample.code))) * k_tick_ns;
  };
  for (const Recorded::Sample& sample : samples) {
    ASSERT_EQ(sample.index - first.index, sample.code - first.code);
    const TimeNs error_ns = (sample.stamp_ns - first.stamp_ns) - (end_ns(sample) - end_ns(first));
    ASSERT_LE(std::abs(error_ns), tolerance_ns) << "sample " << sample.index;
  }
}

TEST(ProbeInstrument, TakesEveryConversionOnceWhereItEnded) {
  Board board;
  const auto recorded = record(board, k_s, {"voltage=3.3"});
  ASSERT_TRUE(recorded->end);
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  const auto samples = recorded->samples(ChannelId{0});
  EXPECT_NEAR(static_cast<double>(samples.size()), 1 / 532e-6, 50);
  expect_true_samples(samples, 100'000);  // half of the lag that HELLO tells, for the first one's own error
  EXPECT_TRUE(recorded->capture.anomalies().value().empty());
}

TEST(ProbeInstrument, StartsItsClockWithTheFirstSample) {
  Board board;
  const auto recorded = record(board, 100 * k_ms);
  const auto extent = recorded->capture.extent(ChannelId{0});
  ASSERT_TRUE(extent);
  EXPECT_EQ(extent->time.begin_ns, 0);
}

TEST(ProbeInstrument, MeasuresTheChipsOwnPeriod) {
  Board board;
  fake_ina219_slow_down(108);
  const auto recorded = record(board, 500 * k_ms, {"voltage=3.3"});
  const Channel& current = recorded->capture.info().channels[0];
  EXPECT_NEAR(current.rate_hz, 1 / (1.08 * 532e-6), 2);
  EXPECT_NEAR(current.aperture_s.value, 1.08 * 532e-6, 1e-6);
  EXPECT_EQ(current.aperture_s.provenance, Provenance::measured);
  expect_true_samples(recorded->samples(ChannelId{0}), 100'000);
}

TEST(ProbeInstrument, ScalesCodesByStepAndShunt) {
  Board board;
  const auto recorded = record(board, 100 * k_ms, {"shunt=0.05"});
  EXPECT_DOUBLE_EQ(recorded->capture.info().channels[0].scale, 10e-6 / 0.05);
  EXPECT_EQ(recorded->metadata("instrument.shunt_basis"), "stated");
  const auto usual = record(board, 100 * k_ms);
  EXPECT_DOUBLE_EQ(usual->capture.info().channels[0].scale, 10e-6 / 0.05);  // the probe keeps it
  EXPECT_EQ(usual->metadata("instrument.shunt_basis"), "probe");
}

TEST(ProbeInstrument, TakesTheBusVoltageAtIntervals) {
  Board board;
  const auto recorded = record(board, k_s, {"bus_interval=100ms"});
  EXPECT_EQ(recorded->capture.info().supply.basis, VoltageBasis::measured);
  EXPECT_TRUE(recorded->anomalies(AnomalyKind::gap).empty());  // what it takes is bridged
  const auto current = recorded->samples(ChannelId{0});
  const auto voltage = recorded->samples(ChannelId{1});
  ASSERT_EQ(current.size(), voltage.size());  // those before the first reading as well
  std::vector<int> supplies;
  for (std::size_t i = 0; i < current.size(); ++i) {
    ASSERT_EQ(voltage[i].index, current[i].index);
    ASSERT_EQ(voltage[i].stamp_ns, current[i].stamp_ns);
    const int supply = voltage[i].code + current[i].code;  // in steps of 10 uV
    if (supplies.empty() || supplies.back() != supply) supplies.push_back(supply);
  }
  // The fake's bus voltage is the number of the conversion, and its shunt voltage was one step less before
  // and is one step more after it.
  EXPECT_NEAR(static_cast<double>(supplies.size()), 10, 1);
  const double scale = recorded->capture.info().channels[1].scale;
  EXPECT_DOUBLE_EQ(scale, 10e-6);
  for (std::size_t i = 1; i < supplies.size(); ++i)
    EXPECT_NEAR((supplies[i] - supplies[i - 1]) / 401.0, 100e-3 / 532e-6, 2);
  EXPECT_NEAR(std::stod(recorded->metadata("voltage.interval_s")), 0.1, 1e-3);
}

// Between the end of a conversion and the start of the next one: the bus voltage's own, which the fake counts
// like the others, and little more.
TEST(ProbeInstrument, TellsEachTimeInWhichTheShuntIsUnobservedAndBridgesIt) {
  Board board;
  const auto recorded = record(board, k_s, {"bus_interval=100ms"});
  const auto current = recorded->samples(ChannelId{0});
  const auto dead = recorded->anomalies(AnomalyKind::dead_time);
  ASSERT_NEAR(static_cast<double>(dead.size()), 10, 1);
  const TimeNs aperture_ns = from_seconds(recorded->capture.info().channels[0].aperture_s.value);
  for (const Anomaly& anomaly : dead) {
    const auto i = static_cast<std::size_t>(anomaly.first_index - current.front().index);
    ASSERT_LT(i + 1, current.size());
    const auto ended = [&](int code) {
      return static_cast<TimeNs>(fake_ina219_ended(static_cast<std::uint32_t>(code))) * k_tick_ns;
    };
    EXPECT_EQ(current[i + 1].code, current[i - 1].code + 2);
    EXPECT_EQ(current[i].code, current[i - 1].code + 1);  // their mean
    const TimeNs unobserved_ns = ended(current[i + 1].code) - 532'000 - ended(current[i - 1].code);
    EXPECT_NEAR(static_cast<double>(anomaly.time.length_ns()), static_cast<double>(unobserved_ns), 110e3);
    EXPECT_LT(unobserved_ns, 1'100'000);
    EXPECT_EQ(anomaly.time.begin_ns, current[i - 1].stamp_ns);
    EXPECT_EQ(anomaly.time.begin_ns, current[i].stamp_ns - aperture_ns);
    EXPECT_EQ(anomaly.time.end_ns, current[i + 1].stamp_ns - aperture_ns);
  }
}

// Of conversions that end faster than they are read, only those read are counted.
TEST(ProbeInstrument, KeepsTheIntervalOfTheBusVoltageWhateverTheConversions) {
  for (const char* adc : {"9bit", "10bit", "11bit", "12bit", "2x"}) {
    Board board;
    const auto recorded =
        record(board, 500 * k_ms,
               {"bus_interval=100ms", "max_current=3.2", "bus_range=32V", std::string("adc=") + adc});
    EXPECT_NEAR(std::stod(recorded->metadata("voltage.interval_s")), 0.1, 2e-3) << adc;
    const auto current = recorded->samples(ChannelId{0});
    const auto voltage = recorded->samples(ChannelId{1});
    ASSERT_EQ(current.size(), voltage.size());
    int readings = 0;
    for (std::size_t i = 1; i < current.size(); ++i)
      readings += voltage[i].code + current[i].code != voltage[i - 1].code + current[i - 1].code;
    EXPECT_NEAR(readings, 4, 1) << adc;
  }
}

TEST(ProbeInstrument, HasAVoltageHoweverShortTheRecordingIs) {
  Board board;
  const auto recorded = record(board, 100 * k_ms, {"bus_interval=30s"});
  EXPECT_EQ(recorded->samples(ChannelId{0}).size(), recorded->samples(ChannelId{1}).size());
  EXPECT_TRUE(recorded->anomalies(AnomalyKind::gap).empty());
}

// The first reading of the voltage interrupts the conversions whose period is measured.
TEST(ProbeInstrument, MeasuresThePeriodBehindTheFirstVoltage) {
  Board board;
  fake_ina219_slow_down(106);
  for (const auto& [adc, conversion_s] :
       {std::pair{"12bit", 532e-6}, {"16x", 16 * 532e-6}, {"128x", 128 * 532e-6}}) {
    const auto recorded = record(board, 100 * k_ms, {"bus_interval=10s", std::string("adc=") + adc});
    EXPECT_NEAR(recorded->capture.info().channels[0].rate_hz * 1.06 * conversion_s, 1, 1e-3) << adc;
  }
}

// The fake answers at 0x40 only.
TEST(ProbeInstrument, TakesBackAnAddressAtWhichNothingAnswers) {
  Board board;
  const auto nobody = open(board, {"addr=0x41", "shunt=0.05"});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::no_instrument);
  EXPECT_THAT(nobody.error().message, HasSubstr("0x41"));
  const auto recorded = record(board, 100 * k_ms);
  EXPECT_EQ(recorded->metadata("instrument.sensor_address"), "0x40");
  EXPECT_EQ(recorded->metadata("instrument.shunt_ohm"), "0.1");
  EXPECT_FALSE(recorded->samples(ChannelId{0}).empty());
}

// Whenever that is: before it answers, while it takes its settings, while its conversions are timed.
TEST(ProbeInstrument, StoppedWhileItIsOpenedHasItsOwnSettings) {
  for (TimeNs after_ns = 0; after_ns < 240 * k_ms; after_ns += 3 * k_ms) {
    Board board;
    std::stop_source stop;
    board.at(after_ns, [&] { stop.request_stop(); });
    ASSERT_FALSE(open(board, {"shunt=0.05"}, stop.get_token())) << after_ns;
    EXPECT_LT(board.now_ns(), after_ns + 100 * k_ms);
    const auto later = open(board, {"max_current=3A"});
    ASSERT_TRUE(later) << after_ns;
    EXPECT_THAT((*later)->info().instrument.calibration, HasSubstr("100.0 mohm")) << after_ns;
  }
}

TEST(ProbeInstrument, StoppedWhileNobodyAnswersIsLeftSoon) {
  Board board;
  board.deaf = true;
  std::stop_source stop;
  board.at(700 * k_ms, [&] { stop.request_stop(); });
  EXPECT_FALSE(open(board, {}, stop.get_token()));
  EXPECT_LT(board.now_ns(), 800 * k_ms);
}

TEST(ProbeInstrument, RefusesAnIntervalItCannotCount) {
  Board board;
  const auto opened = open(board, {"bus_interval=10min"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::usage);
  EXPECT_THAT(opened.error().message, HasSubstr("34.9 s with adc=12bit"));
  EXPECT_TRUE(open(board, {"bus_interval=10min", "adc=128x"}));
}

TEST(ProbeInstrument, TakesBothTogether) {
  Board board;
  const auto recorded = record(board, k_s, {"mode=both"});
  const auto current = recorded->samples(ChannelId{0});
  const auto voltage = recorded->samples(ChannelId{1});
  ASSERT_EQ(current.size(), voltage.size());
  for (std::size_t i = 0; i < current.size(); ++i) {
    EXPECT_EQ(current[i].code, voltage[i].code);  // the fake gives both the same number
    EXPECT_NEAR(static_cast<double>(voltage[i].stamp_ns - current[i].stamp_ns), 532e3, 1e3);
  }
}

TEST(ProbeInstrument, StampsEdgesLessTheirLag) {
  Board board;
  std::vector<std::uint64_t> truth;
  for (int i = 0; i < 20; ++i) {
    board.at(2 * k_s + i * 7'013'500, [&board, &truth, i] {
      truth.push_back(board.ticks());
      host_set_level(0, i % 2 == 0);
    });
  }
  const auto recorded = record(board, 2 * k_s, {"lines=d0:inference,d3"});
  const auto edges = recorded->edges();
  ASSERT_THAT(edges, SizeIs(20));
  for (std::size_t i = 1; i < edges.size(); ++i) {
    EXPECT_EQ(edges[i].time_ns - edges[0].time_ns, static_cast<TimeNs>(truth[i] - truth[0]) * k_tick_ns);
    EXPECT_EQ(edges[i].resolution_ns, 500U);
    EXPECT_EQ(edges[i].level, i % 2 == 0);
  }
  EXPECT_EQ(recorded->metadata("event.inference"), "d0");
  EXPECT_EQ(recorded->capture.info().lines, (std::vector<Line>{{LineId{0}, "inference"}, {LineId{3}, ""}}));
}

TEST(ProbeInstrument, PlacesEdgesBetweenTheRightSamples) {
  Board board;
  std::uint64_t truth = 0;
  board.at(k_s, [&] { truth = board.ticks(), host_set_level(3, 1); });
  const auto recorded = record(board, k_s, {"voltage=3.3", "lines=d0-d6"});
  const auto edges = recorded->edges();
  ASSERT_THAT(edges, SizeIs(1));
  EXPECT_EQ(edges[0].resolution_ns, 5000U);  // the port's table: ten ticks wide, its middle five before
  for (const auto& sample : recorded->samples(ChannelId{0})) {
    const auto ended = static_cast<std::int64_t>(fake_ina219_ended(static_cast<std::uint32_t>(sample.code)));
    const TimeNs expected_ns = (static_cast<std::int64_t>(truth) - 5 - ended) * k_tick_ns;
    EXPECT_NEAR(static_cast<double>(edges[0].time_ns - sample.stamp_ns), static_cast<double>(expected_ns),
                100e3);
  }
}

TEST(ProbeInstrument, SaysWhatItIs) {
  Board board;
  const auto recorded = record(board, 50 * k_ms);
  const InstrumentIdentity& identity = recorded->capture.info().instrument;
  EXPECT_THAT(identity.model, HasSubstr("INA219"));
  EXPECT_EQ(identity.firmware, "1.0.0");
  EXPECT_EQ(recorded->metadata("instrument.sensor_address"), "0x40");
  EXPECT_EQ(recorded->metadata("instrument.line.d0"), "captured,resolution_ns=500,lag_ns=0");
  EXPECT_THAT(recorded->metadata("instrument.capabilities"), HasSubstr("never_stale"));
}

TEST(ProbeInstrument, PairsItsClockWithThisComputers) {
  Board board;
  board.drift_ppm = 400;
  const auto recorded = record(board, 30 * k_s, {"adc=128x", "voltage=3.3"});
  EXPECT_NEAR(std::stod(recorded->metadata("instrument.clock_drift_ppm")), 400, 20);
  ASSERT_THAT(recorded->anomalies(AnomalyKind::clock_drift), SizeIs(1));
  std::vector<ClockPoint> utc = recorded->capture.clock_points().value();
  std::erase_if(utc, [](const ClockPoint& point) { return point.clock != "utc"; });
  ASSERT_GE(utc.size(), 3U);
  const double capture_s = to_seconds(utc.back().capture_ns - utc.front().capture_ns);
  const double utc_s = to_seconds(utc.back().other_ns - utc.front().other_ns);
  EXPECT_NEAR(capture_s / utc_s, 1.0004, 1e-4);
}

TEST(ProbeInstrument, KeepsQuietAboutAGoodClock) {
  Board board;
  board.drift_ppm = 30;
  EXPECT_TRUE(
      record(board, 20 * k_s, {"adc=128x", "voltage=3.3"})->anomalies(AnomalyKind::clock_drift).empty());
}

TEST(ProbeInstrument, StopsWhatAnEarlierHostLeftRunning) {
  Board board;
  const auto first = open(board);
  ASSERT_TRUE(first);
  std::stop_source stop;
  MemoryCapture capture;
  ASSERT_TRUE(capture.begin((*first)->info()));
  board.at(board.now_ns() + 200 * k_ms, [&] { board.unplug(); });
  const auto ended = (*first)->run(capture, stop.get_token());
  board.plug_in();
  fake_ina219_set_codes_from(1);  // far from the end of the range
  const auto recorded = record(board, 200 * k_ms, {"voltage=3.3"});
  EXPECT_TRUE(recorded->capture.anomalies().value().empty());
}

}  // namespace
}  // namespace joulemark::probe::test
