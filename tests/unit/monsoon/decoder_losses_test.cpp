// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/monsoon/decoder_bench.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace joulemark::monsoon {
namespace {

using test::Bench;
using test::fine_ma;
using test::StreamBuilder;

TEST(MonsoonDecoder, PlacesCountedLossesWhereTheyHappened) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 6002);
  stream.drop_observations(37);
  stream.add(test::measurement(30000), 300);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 37);
  const auto gaps = bench.anomalies(AnomalyKind::gap);
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].first_index, 6002);
  EXPECT_EQ(gaps[0].count, 37);
  EXPECT_EQ(gaps[0].severity, Severity::data_loss);
  EXPECT_EQ(gaps[0].time, (TimeRange{6002 * 200'000LL, 6039 * 200'000LL}));
  const auto samples = bench.samples();
  EXPECT_EQ(samples[6001].first, 6001);
  EXPECT_EQ(samples[6002].first, 6039);
  EXPECT_NEAR(samples[6002].second, fine_ma(30000), 1e-5);
}

TEST(MonsoonDecoder, FollowsTheDroppedCountAcrossItsWrap) {
  Bench bench;
  StreamBuilder stream;
  stream.set_dropped(65530);  // as after a long run; nonsense for the first second
  stream.calibrate();
  stream.add(test::measurement(20000), 6000);
  stream.drop_observations(20);
  stream.add(test::measurement(20000), 300);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 20);
}

TEST(MonsoonDecoder, IgnoresTheDroppedCountOfTheFirstMoments) {
  Bench bench;
  StreamBuilder stream;
  stream.set_dropped(65535);
  stream.calibrate();
  stream.add(test::measurement(20000), 300);
  stream.set_dropped(0);
  stream.add(test::measurement(20000), 6000);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 0);
  EXPECT_TRUE(bench.anomalies(AnomalyKind::gap).empty());
}

TEST(MonsoonDecoder, PlacesLossesOfTheFirstSecondAtItsEnd) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 300);
  stream.drop_observations(48);
  stream.add(test::measurement(20000), 6000);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 48);
  const auto gaps = bench.anomalies(AnomalyKind::gap);
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_THAT(gaps[0].message, testing::HasSubstr("first second"));
}

TEST(MonsoonDecoder, SeesMissingPacketsInTheSequence) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 6002);
  stream.skip_packets(4);
  stream.add(test::measurement(20000), 300);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 12);
}

TEST(MonsoonDecoder, DoesNotBelieveASequenceThatNeverSteps) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  for (int i = 0; i < 3000; ++i) {
    stream.add(test::measurement(20000), 3);
    stream.skip_packets(2);
  }
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 0);
}

TEST(MonsoonDecoder, CountsPacketsThatTheTransportDropped) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 6002);
  ASSERT_TRUE(bench.feed(stream));
  stream.skip_packets(20);
  stream.add(test::measurement(20000), 3);
  ASSERT_TRUE(bench.decoder.accept(stream.packets()[0], bench.arrival_ns, 20));
  ASSERT_TRUE(bench.decoder.finish());
  EXPECT_EQ(bench.lost(), 60);
}

TEST(MonsoonDecoder, KeepsCalibrationNextToALossOutOfTheLostSamples) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 6002);
  stream.add(test::zero_words(), 3);
  stream.drop_observations(30);
  stream.add(test::reference_words(), 3);
  stream.add(test::measurement(30000), 3);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 30);
  EXPECT_EQ(bench.decoder.stream().bridged(), 6);
}

TEST(MonsoonDecoder, TakesALongLossForNoLackOfCalibration) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 6000);
  ASSERT_TRUE(bench.feed(stream));
  bench.arrival_ns += 30'000 * k_slot_ns;
  stream.drop_observations(30'000);
  stream.add(test::measurement(20000), 3000);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 30'000);
  EXPECT_EQ(bench.samples().size(), 9000u);
}

TEST(MonsoonDecoder, BelievesNoCountThatTimeDoesNotBearOut) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 6002);
  stream.set_dropped(40'000);
  stream.add(test::measurement(20000), 3);
  stream.set_dropped(0);
  stream.add(test::measurement(20000), 300);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 0);
  EXPECT_EQ(bench.samples().size(), 6305u);
  const auto told = bench.anomalies(AnomalyKind::protocol);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].time.begin_ns, 6002 * k_slot_ns);
}

TEST(MonsoonDecoder, GoesOnFromACountThatStaysNonsense) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 6002);
  stream.set_dropped(40'000);
  stream.add(test::measurement(20000), 300);
  stream.drop_observations(30);
  stream.add(test::measurement(20000), 300);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 30);
}

TEST(MonsoonDecoder, FindsAWholeRoundOfTheDroppedCountByTheClock) {
  Bench bench;
  StreamBuilder stream;
  for (int second = 0; second < 4; ++second) {
    stream.calibrate();
    stream.add(test::measurement(20000), 4990);
  }
  ASSERT_TRUE(bench.feed(stream));
  bench.arrival_ns += (1 << 16) * k_slot_ns;
  for (int second = 0; second < 5; ++second) {
    stream.calibrate();
    stream.add(test::measurement(20000), 4990);
  }
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 1 << 16);
  ASSERT_EQ(bench.anomalies(AnomalyKind::gap).size(), 1u);
  const std::int64_t late = bench.anomalies(AnomalyKind::gap).front().first_index - 20'000;
  EXPECT_GE(late, 0);
  EXPECT_LE(late, 3 * 5000);
}

TEST(MonsoonDecoder, TakesWhatHasNoNumberInTheSequenceForNoLoss) {
  Bench bench;
  StreamBuilder stream;
  stream.calibrate();
  stream.add(test::measurement(20000), 300);
  stream.raw(test::make_packet(0, 0, {}));
  stream.add(test::measurement(20000), 300);
  ASSERT_TRUE(bench.feed(stream));
  EXPECT_EQ(bench.lost(), 0);
  ASSERT_TRUE(bench.decoder.accept({}, bench.arrival_ns));
  stream.add(test::measurement(20000), 300);
  bench.run(stream);
  EXPECT_EQ(bench.lost(), 0);
  EXPECT_FALSE(bench.anomalies(AnomalyKind::protocol).empty());
}

}  // namespace
}  // namespace joulemark::monsoon
