// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/monsoon/decoder_bench.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace joulemark::monsoon {
namespace {

using test::Bench;
using test::coarse_ma;
using test::example_scale;
using test::expected_ma;
using test::fine_ma;
using test::StreamBuilder;

TEST(MonsoonDecoder, ReadsTheWorkedExamplePacket) {
  const std::array<int, 64> hex{0x07, 0x00, 0x2b, 0x03, 0x08, 0x7e, 0x4f, 0x7e, 0x08, 0x02, 0x07, 0xc6, 0x00,
                                0x6e, 0x00, 0x78, 0x33, 0x90, 0x00, 0x00, 0x00, 0x02, 0x1c, 0xad, 0xff, 0xff,
                                0x08, 0x02, 0x07, 0xc6, 0x00, 0x6e, 0x00, 0x78, 0x33, 0x84, 0x67, 0x20, 0x00,
                                0x02, 0x08, 0x32, 0x07, 0xdc, 0x08, 0x01, 0x07, 0xc7, 0x00, 0x6f, 0x00, 0x77,
                                0x33, 0x8c, 0x67, 0x14, 0x00, 0x12, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
  test::Bytes64 packet;
  std::transform(hex.begin(), hex.end(), packet.begin(), [](int value) { return std::byte(value); });
  const auto parsed = Packet::parse(packet);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->dropped(), 7);
  EXPECT_EQ(parsed->sequence(), 11);
  EXPECT_TRUE(parsed->at_voltage());
  EXPECT_FALSE(parsed->tripped());
  ASSERT_EQ(parsed->size(), 3);
  EXPECT_EQ((*parsed)[2].type(), ObservationType::zero);

  MarkerSetup marker{MarkerSetup::Source::usb_voltage, 1.6 / 125e-6, 1.4 / 125e-6};
  Bench bench({Column::main_current, Column::main_voltage, Column::usb_voltage}, marker);
  StreamBuilder stream;
  stream.calibrate();
  stream.raw(packet);
  bench.run(stream);
  const auto current = bench.samples(0);
  ASSERT_EQ(current.size(), 2u);
  EXPECT_NEAR(current[0].second, 11.442349, 1e-6);
  EXPECT_NEAR(current[1].second, 699.933378, 4e-5);
  const double volts = bench.samples(1)[0].second * example_scale().main_voltage_step_v;
  EXPECT_NEAR(volts, 3.3, 1e-9);
  EXPECT_NEAR(volts * current[0].second, 37.760, 5e-4);
  EXPECT_NEAR(bench.samples(1)[1].second * 250e-6, 3.297, 1e-9);
  EXPECT_NEAR(bench.samples(2)[1].second * 125e-6, 3.3, 1e-9);
  std::vector<Edge> edges;
  ASSERT_TRUE(bench.capture.edges(k_all_time, [&](std::span<const Edge> some) {
    edges.insert(edges.end(), some.begin(), some.end());
    return Status();
  }));
  EXPECT_THAT(edges, testing::ElementsAre(Edge{200'000, 200'000, LineId{0}, true}));
}

TEST(MonsoonDecoder, ConvertsEveryWordAsTheFormulaSays) {
  std::mt19937 random(1);
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  std::vector<double> expected;
  for (int i = 0; i < 3000; ++i) {
    const auto fine = static_cast<std::uint16_t>(random() & 0xFFFF);
    const auto coarse = static_cast<std::uint16_t>(random() % 65535);
    stream.add(test::measurement(fine, coarse));
    expected.push_back(fine < 64000 ? fine_ma(fine) : coarse_ma(coarse));
  }
  bench.run(stream);
  const auto samples = bench.samples();
  ASSERT_EQ(samples.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(samples[i].first, static_cast<std::int64_t>(i));
    EXPECT_NEAR(samples[i].second, expected[i], 1e-6 + std::abs(expected[i]) * 6e-8);
  }
}

TEST(MonsoonDecoder, ReadsSignedWordsAndSignedResistorOffsetsOfAnLvpm) {
  LvpmMemory memory;
  memory.rails[0] = {-10, 20};  // 0.0490 and 0.0520 ohm
  const UnitScale scale = scale_of(memory);
  EXPECT_NEAR(scale.rails[0].grains[0].reference_ma, 35.946 * 0.05 / 0.049, 1e-9);
  EXPECT_NEAR(scale.rails[0].grains[1].reference_ma, 3103.4 * 0.05 / 0.052, 1e-9);
  EXPECT_EQ(scale.main_voltage_step_v, 125e-6);

  Bench bench({Column::main_current}, std::nullopt, scale);
  StreamBuilder stream;
  const auto minus = [](int value) { return static_cast<std::uint16_t>(static_cast<std::int16_t>(-value)); };
  test::Words zero = test::zero_words();
  zero.main_fine = minus(40);
  zero.main_coarse = minus(7);
  test::Words reference = test::reference_words();
  reference.main_fine = 20000;
  reference.main_coarse = 21000;
  stream.add(zero, 5);
  stream.add(reference, 5);
  stream.add(test::measurement(minus(1000), 0));
  stream.add(test::measurement(31000, 15000));
  bench.run(stream);
  const auto samples = bench.samples();
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_NEAR(samples[0].second, expected_ma(-1000, -40, 20000, 0, 35.946 * 0.05 / 0.049), 1e-5);
  EXPECT_NEAR(samples[1].second, expected_ma(15000, -7, 21000, 0, 3103.4 * 0.05 / 0.052), 1e-3);
}

TEST(MonsoonDecoder, TakesTheMeanOfTheLastFiveCalibrationsOfEachKind) {
  Bench bench({Column::main_current});
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(30000));
  for (int i = 0; i < 7; ++i) {  // the first two fall out of the window again
    test::Words zero = test::zero_words();
    zero.main_fine = static_cast<std::uint16_t>(2010 + 10 * i);
    stream.add(zero);
  }
  stream.add(test::measurement(30000));
  bench.run(stream);
  const auto samples = bench.samples();
  EXPECT_NEAR(samples.front().second, fine_ma(30000), 1e-5);
  EXPECT_NEAR(samples.back().second, expected_ma(30000, 2010 + 40, 60480, 15, 36.5), 1e-5);
}

TEST(MonsoonDecoder, BridgesCalibrationLinearlyAsDeadTimeAndNeverAsLoss) {
  Bench bench({Column::main_current, Column::main_voltage});
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(10000));
  stream.add(test::zero_words(), 5);
  stream.add(test::reference_words(), 5);
  stream.add(test::measurement(32000));
  stream.add(test::measurement(32000));
  bench.run(stream);
  const auto samples = bench.samples();
  ASSERT_EQ(samples.size(), 13u);
  for (int i = 0; i <= 11; ++i) {
    const double expected = fine_ma(10000) + (fine_ma(32000) - fine_ma(10000)) * i / 11;
    EXPECT_NEAR(samples[static_cast<std::size_t>(i)].second, expected, 1e-5) << i;
  }
  EXPECT_EQ(bench.lost(), 0);
  const auto dead = bench.anomalies(AnomalyKind::dead_time);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].count, 10);
  EXPECT_EQ(dead[0].severity, Severity::info);
  EXPECT_EQ(dead[0].time, (TimeRange{200'000, 11 * 200'000}));
}

TEST(MonsoonDecoder, CountsNoDeadTimeBeyondTheExpectedEnd) {
  Bench bench;
  bench.decoder.expect_end(215);
  StreamBuilder stream;
  stream.calibrate();
  for (int i = 0; i < 4; ++i) {  // bridges at 100..109, 210..219 and 320..329
    stream.add(test::measurement(20000), 100);
    stream.calibrate();
  }
  stream.add(test::measurement(20000), 10);
  bench.run(stream);
  std::int64_t dead = 0;
  for (const Anomaly& each : bench.anomalies(AnomalyKind::dead_time))
    dead += each.count;
  EXPECT_EQ(dead, 10 + 5);
}

TEST(MonsoonDecoder, LeavesAGapWhereCalibrationTookMoreThanTenSlots) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(10000));
  stream.add(test::zero_words(), 11);
  stream.add(test::measurement(10000));
  bench.run(stream);
  EXPECT_EQ(bench.samples().size(), 2u);
  EXPECT_EQ(bench.samples().back().first, 12);
  EXPECT_EQ(bench.lost(), 11);
  EXPECT_EQ(bench.anomalies(AnomalyKind::gap).size(), 1u);
}

TEST(MonsoonDecoder, ConvertsWhatCameBeforeTheFirstCalibration) {
  Bench bench({Column::main_current});
  StreamBuilder stream;
  for (int i = 0; i < 4; ++i) {
    stream.add(test::measurement(20000), 1000);
    stream.calibrate(1);
  }
  ASSERT_TRUE(bench.feed(stream));
  EXPECT_TRUE(bench.samples().empty());
  stream.add(test::measurement(20000), 100);
  stream.calibrate(1);
  stream.add(test::measurement(20000), 2);
  bench.run(stream);
  const auto samples = bench.samples();
  ASSERT_EQ(samples.size(), 4u * 1002 + 102 + 2);
  EXPECT_NEAR(samples.front().second, fine_ma(20000), 1e-5);
  EXPECT_EQ(bench.lost(), 0);
}

TEST(MonsoonDecoder, GivesUpWhenNoCalibrationComesForFiveSeconds) {
  Bench bench;
  StreamBuilder stream;
  stream.add(test::measurement(20000), 24999);
  ASSERT_TRUE(bench.feed(stream));
  stream.add(test::measurement(20000), 3);
  const Status status = bench.feed(stream);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::protocol);
  EXPECT_THAT(status.error().message, testing::HasSubstr("no zero or reference calibration for 5 s"));
}

TEST(MonsoonDecoder, GivesUpWhenReferenceCalibrationEndsWhileMeasuring) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  for (int i = 0; i < 6; ++i) {
    stream.add(test::measurement(20000), 4990);
    stream.add(test::zero_words(), 10);
  }
  const Status status = bench.feed(stream);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("no reference calibration for 5 s"));
  ASSERT_TRUE(bench.decoder.finish());
  EXPECT_GT(bench.samples().size(), 20000u);
}

TEST(MonsoonDecoder, GivesUpWhenTooFewCalibrationsComeInTenSeconds) {
  Bench bench;
  StreamBuilder stream;
  for (int i = 0; i < 3; ++i) {
    stream.add(test::measurement(20000), 20000);
    stream.calibrate(1);
  }
  const Status status = bench.feed(stream);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("10 s"));
}

TEST(MonsoonDecoder, RefusesAReferenceThatEqualsItsZero) {
  Bench bench;
  StreamBuilder stream;
  test::Words reference = test::zero_words();
  reference.main_gain = 0x32;
  reference.main_fine = 2025;  // what the zero is with its offset
  stream.add(test::zero_words(), 5);
  stream.add(reference, 7);
  const Status status = bench.feed(stream);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("main current, fine range"));
}

TEST(MonsoonDecoder, APacketThatCannotBeOneHasItsPlaceBeforeTheFirstCalibrationToo) {
  Bench bench;
  StreamBuilder stream;
  stream.add(test::measurement(20000), 3000);
  stream.raw(test::make_packet(0, 0, {}));
  stream.add(test::measurement(20000), 3000);
  stream.calibrate();
  stream.add(test::measurement(20000), 30);
  bench.run(stream);
  const auto told = bench.anomalies(AnomalyKind::protocol);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].time.begin_ns, 3000 * k_slot_ns);
}

TEST(MonsoonDecoder, RecordsPacketsThatCannotBeOnes) {
  for (const int count : {0, 4, 255}) {
    Bench bench;
    StreamBuilder stream;
    stream.calibrate();
    stream.add(test::measurement(20000), 6002);
    test::Bytes64 broken = test::make_packet(0, 0, {});
    broken[3] = std::byte(count);
    stream.raw(broken);
    stream.skip_packets(1);
    stream.add(test::measurement(20000), 300);
    bench.run(stream);
    EXPECT_EQ(bench.anomalies(AnomalyKind::protocol).size(), 1u);
    EXPECT_EQ(bench.lost(), 3) << "its observations are missing";
  }
}

TEST(MonsoonDecoder, RecordsAPacketShorterThanItsObservations) {
  Bench bench;
  StreamBuilder stream;
  stream.add(test::measurement(20000), 3);
  ASSERT_TRUE(bench.decoder.accept(std::span(stream.packets()[0].data(), 57), 0));
  ASSERT_TRUE(bench.decoder.accept(std::span<const std::byte>(), 0));
  ASSERT_TRUE(bench.decoder.finish());
  std::int64_t count = 0;
  for (const Anomaly& each : bench.anomalies(AnomalyKind::protocol))
    count += each.count;
  EXPECT_EQ(count, 2);
}

TEST(MonsoonDecoder, TellsOfATripAndOfAnOutputThatLeftItsVoltage) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 30);
  stream.set_flags(0x30);
  stream.add(test::measurement(20000), 30);
  stream.set_flags(0x00);
  stream.add(test::measurement(20000), 30);
  bench.run(stream);
  EXPECT_EQ(bench.anomalies(AnomalyKind::instrument_fault).size(), 2u);
}

TEST(MonsoonDecoder, TellsOfClippedCurrent) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(65535, 65535), 5);
  bench.run(stream);
  std::int64_t count = 0;
  for (const Anomaly& each : bench.anomalies(AnomalyKind::clipped))
    count += each.count;
  EXPECT_EQ(count, 5);
}

TEST(MonsoonDecoder, CountsAndBridgesInvalidObservations) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000));
  stream.add(test::invalid_words(), 2);
  stream.add(test::measurement(20000));
  bench.run(stream);
  EXPECT_EQ(bench.samples().size(), 4u);
  EXPECT_EQ(bench.lost(), 0);
}

TEST(MonsoonDecoder, FindsMarkerEdgesWithHysteresisAndTheirResolution) {
  const auto word = [](double volts) { return static_cast<std::uint16_t>(std::lround(volts / 125e-6)); };
  MarkerSetup marker{MarkerSetup::Source::usb_voltage, 1.65 / 125e-6, 1.35 / 125e-6};
  Bench bench({Column::main_current}, marker);
  StreamBuilder stream;
  stream.calibrate();
  for (const double volts : {0.0, 1.6, 1.7, 1.4, 1.5, 1.3, 1.4})
    stream.add(test::measurement(20000, 0, word(volts)));
  stream.add(test::zero_words(), 2);  // slots 7 and 8 do not see the line
  stream.add(test::measurement(20000, 0, word(3.3)));
  bench.run(stream);
  std::vector<Edge> edges;
  ASSERT_TRUE(bench.capture.edges(k_all_time, [&](std::span<const Edge> some) {
    edges.insert(edges.end(), some.begin(), some.end());
    return Status();
  }));
  EXPECT_THAT(edges, testing::ElementsAre(Edge{400'000, 200'000, LineId{0}, true},
                                          Edge{1'000'000, 200'000, LineId{0}, false},
                                          Edge{1'600'000, 600'000, LineId{0}, true}));
}

}  // namespace
}  // namespace joulemark::monsoon
