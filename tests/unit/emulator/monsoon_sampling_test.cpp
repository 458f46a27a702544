// SPDX-License-Identifier: Apache-2.0
// Slots, calibrations, packets and codes, read back by the reference decoder.
#include <tests/unit/emulator/unit_on_a_bench.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace joulemark::test {
namespace {

MonsoonSettings without_noise(MonsoonKind kind = MonsoonKind::hvpm) {
  MonsoonSettings settings{.kind = kind, .output_v = 3.7};
  settings.sampler.noise = 0;
  return settings;
}

std::int64_t count_type(const std::vector<Observation>& observations, int type) {
  return std::ranges::count(observations, type, &Observation::type);
}

TEST(MonsoonSampling, GivesFiveThousandSlotsASecondCalibrationsIncluded) {
  UnitOnABench unit("kws");
  unit.start();
  const auto packets = unit.read_for(3);
  EXPECT_EQ(packets.size(), 5000U);
  EXPECT_EQ(observations_of(packets).size(), 15000U);
  for (std::size_t i = 0; i < packets.size(); ++i)
    ASSERT_EQ(packets[i].sequence, static_cast<int>(i % 16));
}

TEST(MonsoonSampling, TakesFiveZeroAndFiveReferenceObservationsAtTheStartAndInEveryInterval) {
  UnitOnABench unit("kws");
  unit.start(500);
  const auto observations = observations_of(unit.read_for(3));
  EXPECT_EQ(count_type(observations, 1), 6 * 5);
  EXPECT_EQ(count_type(observations, 3), 6 * 5);
  EXPECT_EQ(count_type(observations, 0), 15000 - 60);
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const std::size_t within = i % 2500;
    ASSERT_EQ(observations[i].type, within < 5 ? 1 : within < 10 ? 3 : 0) << "slot " << i;
  }
}

TEST(MonsoonSampling, EncodesTenMilliamperesAsTheFormulaInverted) {
  UnitOnABench unit("constant:10mA", without_noise());
  unit.set(0x41, k_3v7);
  unit.start();
  unit.now_ns = 6 * k_packet_time;
  for (int i = 0; i < 3; ++i)
    static_cast<void>(unit.model().bulk_in(unit.now_ns));
  const auto packet = unit.model().bulk_in(unit.now_ns);
  ASSERT_TRUE(packet);
  // Coarse 2088 + 10 * 48032 / 6387 = 2163.2; fine 2025 + 10000 * 58455 / 36412 = 18078.8; USB 5 mA: 1982 +
  // 5 * 49248 / 603 = 2390.3, 1994 + 5000 * 57026 / 14060 = 22273.5; aux 1 mA: 1975 + 48575 / 251 = 2168.5,
  // 2023 + 1000 * 56777 / 3093 = 20379.6; 3.7 V / 250 uV = 14800.
  const std::vector<int> expected{0xFF, 0xFF, 0x23, 3, 0x04, 0x00};
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(byte_at(*packet, i), expected[i]) << i;
  const Observation observation{0, {2163, 2390, 2169}, {18079, 22274, 20380}, 14800, 0};
  const Packet decoded = decode(*packet);
  ASSERT_EQ(decoded.observations.size(), 3U);
  EXPECT_EQ(decoded.observations[1], observation);
  EXPECT_EQ(decoded.observations[2], observation);
  EXPECT_EQ(byte_at(*packet, 22), 0x08);  // big-endian: 2163 is 0x0873
  EXPECT_EQ(byte_at(*packet, 23), 0x73);
  EXPECT_TRUE(decoded.output_on);
}

TEST(MonsoonSampling, SaturatesFineAndGoesOnInCoarse) {
  UnitOnABench unit("constant:500mA", without_noise());
  unit.start();
  const auto observations = observations_of(unit.read_for(0.1));
  EXPECT_EQ(observations[100].fine[0], 65535);
  EXPECT_EQ(observations[100].coarse[0], 5848);  // 2088 + 500 * 48032 / 6387 = 5848.1
  UnitOnABench lvpm("constant:500mA", without_noise(MonsoonKind::lvpm));
  lvpm.start();
  EXPECT_EQ(observations_of(lvpm.read_for(0.1))[100].fine[0], 32767);
}

TEST(MonsoonSampling, MeasuresNoCurrentWhileTheOutputIsOff) {
  UnitOnABench unit("constant:10mA", {.sampler = {.noise = 0}});
  unit.start();
  const auto packets = unit.read_for(0.1);
  const auto observations = observations_of(packets);
  EXPECT_EQ(observations[100].fine[0], 2025);
  EXPECT_EQ(observations[100].main_voltage, 0);
  EXPECT_FALSE(packets[50].output_on);
}

TEST(MonsoonSampling, ShowsTheMarkerOnTheUsbVoltageUnlessTheHostDrivesIt) {
  UnitOnABench unit("square:1mA,5mA,100ms", without_noise());
  unit.start();
  const auto observations = observations_of(unit.read_for(1));
  for (std::size_t i = 0; i < observations.size(); ++i)
    ASSERT_EQ(observations[i].usb_voltage, i % 500 < 250 ? 0 : 26400) << "slot " << i;  // 3.3 V / 125 uV
  UnitOnABench driven("square:1mA,5mA,100ms", without_noise());
  driven.set(0x10, 1);
  driven.start();
  for (const Observation& observation : observations_of(driven.read_for(0.2)))
    ASSERT_EQ(observation.usb_voltage, 40000);
}

TEST(MonsoonSampling, ShowsTheAuxVoltageInPlaceOfTheMainOneWhenAsked) {
  UnitOnABench unit("square:1mA,5mA,100ms", without_noise());
  unit.set(0x23, 1);
  unit.start();
  const auto observations = observations_of(unit.read_for(0.1));
  EXPECT_EQ(observations[100].main_voltage, 0);
  EXPECT_EQ(observations[300].main_voltage, 13200);  // 3.3 V / 250 uV
}

TEST(MonsoonSampling, PutsTheMarkerIntoTheVoltageWordWhenAsked) {
  MonsoonSettings settings = without_noise();
  settings.output_v = 3.7005;  // 14802
  settings.sampler.marker_bits = true;
  UnitOnABench unit("square:1mA,5mA,100ms", settings);
  unit.start();
  const auto observations = observations_of(unit.read_for(0.1));
  EXPECT_EQ(observations[100].main_voltage, 14800);
  EXPECT_EQ(observations[300].main_voltage, 14801);
}

TEST(MonsoonSampling, EndsByItselfAfterTheMeasurementsAskedFor) {
  UnitOnABench unit("kws");
  unit.start(1250, 100);
  const auto packets = unit.read_for(1);
  const auto observations = observations_of(packets);
  EXPECT_EQ(count_type(observations, 0), 100);
  EXPECT_EQ(observations.size(), 110U);
  EXPECT_EQ(packets.back().count, 2);
  EXPECT_EQ(unit.get(0xC4), 0U);
}

TEST(MonsoonSampling, KeepsWhatIsQueuedReadableAfterTheStop) {
  UnitOnABench unit("kws");
  unit.start();
  unit.now_ns += 2 * k_ms;  // 10 slots
  unit.stop();
  unit.now_ns += 100 * k_ms;
  EXPECT_EQ(observations_of(unit.drain()).size(), 10U);
}

TEST(MonsoonSampling, KeepsNoMoreThanTheDefaultQueueOnceStopped) {
  UnitOnABench unit("kws", {.sampler = {.queue_slots = 100'000}});
  unit.start();
  unit.now_ns += 1000 * k_ms;
  unit.stop();
  const auto observations = observations_of(unit.drain()).size();
  EXPECT_LE(observations, 256U);
  EXPECT_GT(observations, 252U);
}

TEST(MonsoonSampling, DropsWhatALateHostLeavesAndCountsItBeforeTheNextObservation) {
  UnitOnABench unit("kws", {.sampler = {.queue_slots = 16}});
  unit.start();
  static_cast<void>(unit.read_for(0.3));
  unit.now_ns += 10 * k_ms;  // 50 slots: 16 fit, the rest are dropped
  const auto late = unit.drain();
  EXPECT_EQ(observations_of(late).size(), 16U);
  EXPECT_EQ(late.back().count, 1);  // cut short by the loss
  EXPECT_EQ(late.back().dropped, 0);
  EXPECT_EQ(unit.read_for(0.001).at(0).dropped, 34);
  EXPECT_EQ(unit.model().counters().dropped, 34);
}

TEST(MonsoonSampling, SaysWhatAQueueOfSixteenWouldHaveDropped) {
  UnitOnABench unit("kws");
  unit.start();
  static_cast<void>(unit.read_for(0.3));
  unit.now_ns += 10 * k_ms;
  EXPECT_EQ(observations_of(unit.drain()).size(), 48U);  // two wait for their third
  EXPECT_EQ(unit.model().counters().dropped, 0);
  EXPECT_EQ(unit.model().counters().dropped_of_unit, 34);
}

TEST(MonsoonSampling, ReadsADroppedCountOf65535AtFirst) {
  UnitOnABench unit("kws");
  unit.start();
  const auto packets = unit.read_for(0.2);
  EXPECT_EQ(packets.front().dropped, 65535);
  EXPECT_EQ(packets.back().dropped, 0);
}

TEST(MonsoonSampling, GivesTheSameBytesForTheSameSeedInEveryRun) {
  UnitOnABench unit("kws", {.output_v = 3.7});
  unit.start();
  const auto first = unit.read_for(0.6);
  unit.stop();
  unit.now_ns += 100 * k_ms;
  static_cast<void>(unit.drain());
  unit.start();
  const auto second = unit.read_for(0.6);
  EXPECT_EQ(first, second);
  UnitOnABench other("kws", {.output_v = 3.7, .sampler = {.seed = 2}});
  other.start();
  EXPECT_NE(first, other.read_for(0.6));
}

TEST(MonsoonScenario, RefusesWhatItCannotPlayAndSaysWhatItCan) {
  for (const char* text : {"", "kwz", "kws:10", "kws:0x", "constant:", "constant:10", "constant:-1mA",
                           "square:1mA,2mA", "square:1mA,2mA,100ms,200%", "square:1mA,2mA,0s"}) {
    const auto scenario = emulator::make_monsoon_scenario(text, 1);
    ASSERT_FALSE(scenario) << text;
    EXPECT_EQ(scenario.error().code, ErrorCode::usage);
    EXPECT_NE(scenario.error().message.find(std::string("scenario '") + text), std::string::npos);
  }
}

}  // namespace
}  // namespace joulemark::test
