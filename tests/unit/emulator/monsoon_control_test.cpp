// SPDX-License-Identifier: Apache-2.0
// Control requests, against the tables and examples of the protocol notes.
#include <tests/unit/emulator/unit_on_a_bench.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace joulemark::test {
namespace {

using testing::HasSubstr;

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> all;
  for (const int value : values)
    all.push_back(static_cast<std::byte>(value));
  return all;
}

TEST(MonsoonControl, SetsTheVoltageOfTheWorkedExampleAndReadsItBack) {
  UnitOnABench unit("kws");
  const auto data = bytes({0x33, 0x33, 0x3B, 0x00});
  EXPECT_EQ(unit.model().control(0, {0x40, 0x01, 0x3333, 0x3B41, 4}, data).status, 0);
  EXPECT_NEAR(unit.model().output_v(), 3.7, 1e-6);
  EXPECT_EQ(unit.model().control(0, {0xC0, 0x01, 0, 0x41, 4}, {}).data, data);
  EXPECT_EQ(unit.model().counters().violations, 0);
}

TEST(MonsoonControl, SwitchesOffAtZeroVolts) {
  UnitOnABench unit("kws", {.output_v = 3.3});
  EXPECT_EQ(unit.get(0x41), 0x0034CCCDU);
  EXPECT_EQ(unit.set(0x41, 0).status, 0);
  EXPECT_EQ(unit.model().output_v(), 0);
}

TEST(MonsoonControl, StallsWhenDataStageAndSetupPacketDisagree) {
  UnitOnABench unit("kws");
  const auto data = bytes({0x33, 0x33, 0x3B, 0x00});
  EXPECT_EQ(unit.model().control(0, {0x40, 0x01, 0x3334, 0x3B41, 4}, data).status, -EPIPE);
  EXPECT_EQ(unit.model().control(0, {0x40, 0x01, 0x3333, 0x3C41, 4}, data).status, -EPIPE);
  EXPECT_EQ(unit.model().control(0, {0x40, 0x01, 0x3333, 0x3B41, 0}, {}).status, -EPIPE);
  EXPECT_EQ(unit.model().output_v(), 0);
  EXPECT_EQ(unit.model().counters().refused, 3);
}

TEST(MonsoonControl, AnswersWhatIsStoredInAnHvpm) {
  UnitOnABench unit("kws", {.serial = 20519});
  const std::vector<std::pair<std::uint8_t, std::uint32_t>> expected{
      {0x42, 20519},  {0x45, 2},     {0xC0, 32},     {0xC1, 1},     {0xC4, 0},   {0x1A, 36412},
      {0x1B, 6387},   {0x1C, 14060}, {0x1D, 603},    {0x1E, 3093},  {0x1F, 251}, {0x25, 15},
      {0x26, 0xFFF4}, {0x27, 4},     {0x28, 0xFFFD}, {0x44, 35427}, {0x10, 2},   {0x23, 0}};
  for (const auto& [opcode, value] : expected)
    EXPECT_EQ(unit.get(opcode), value) << "opcode " << int{opcode};
}

TEST(MonsoonControl, StoresSignedShuntOffsetsInAnLvpm) {
  UnitOnABench unit("kws", {.kind = MonsoonKind::lvpm});
  EXPECT_EQ(unit.get(0x45), 1U);
  EXPECT_EQ(unit.get(0x02), 0xF6U);  // -10: 0.0490 ohm
  EXPECT_EQ(unit.get(0x11), 7U);
  EXPECT_EQ(unit.ask(0x1A).status, -EPIPE);
}

TEST(MonsoonControl, KeepsWhatIsWrittenToAParameterInItsWidth) {
  UnitOnABench unit("kws");
  EXPECT_EQ(unit.set(0x44, 0x1234).status, 0);
  EXPECT_EQ(unit.get(0x44), 0x1234U);
  EXPECT_EQ(unit.set(0x10, 0).status, 0);
  EXPECT_EQ(unit.get(0x10), 0U);
  EXPECT_EQ(unit.set(0x42, 1).status, -EPIPE);  // the serial number is not to be written
}

TEST(MonsoonControl, RefusesQuestionsWhileSamplingButTellsItsStatus) {
  UnitOnABench unit("kws");
  EXPECT_EQ(unit.start().status, 0);
  unit.now_ns += k_ms;
  EXPECT_EQ(unit.get(0x1A), 0xFFFFFFFEU);
  EXPECT_EQ(unit.get(0x88), 0xFFFFFFFEU);
  EXPECT_EQ(unit.get(0xC0), 32U);
  EXPECT_EQ(unit.get(0xC4), 0x80U);
  EXPECT_EQ(unit.start().status, -EPIPE);
}

TEST(MonsoonControl, StaysInSampleModeForAMomentAfterTheStop) {
  UnitOnABench unit("kws");
  unit.start();
  unit.now_ns += 10 * k_ms;
  EXPECT_EQ(unit.stop().status, 0);
  EXPECT_EQ(unit.get(0xC4), 0x80U);
  unit.now_ns += 4 * k_ms;
  EXPECT_EQ(unit.get(0xC4), 0U);
  EXPECT_EQ(unit.get(0x1A), 36412U);
}

TEST(MonsoonControl, PutsOutAnythingWhenTheVoltageIsSetInSampleMode) {
  UnitOnABench unit("kws");
  unit.set(0x41, k_3v7);
  unit.start();
  unit.now_ns += k_ms;
  unit.set(0x41, k_3v7);
  EXPECT_EQ(unit.model().counters().violations, 1);
  EXPECT_GT(std::abs(unit.model().output_v() - 3.7), 0.01);
  EXPECT_THAT(unit.log, HasSubstr("VIOLATION: asked for 3.7"));
  unit.stop();
  EXPECT_THAT(unit.truth, HasSubstr("\"energy_j\": null"));
  unit.set(0x41, 0);  // too early: still in sample mode
  EXPECT_EQ(unit.model().counters().violations, 2);
}

TEST(MonsoonControl, PutsOutTooMuchWithBadDacCalibrationUntilItIsCalibrated) {
  UnitOnABench unit("kws", {}, {"bad-daccal"});
  EXPECT_LE(unit.get(0x88), 0xD000U);
  unit.set(0x41, k_3v7);
  EXPECT_GT(unit.model().output_v(), 5);
  EXPECT_EQ(unit.model().counters().violations, 1);
  unit.set(0x03, 0);
  EXPECT_GT(unit.get(0x88), 0xD000U);
  unit.set(0x41, k_3v7);
  EXPECT_NEAR(unit.model().output_v(), 3.7, 1e-6);
  EXPECT_EQ(unit.model().counters().violations, 1);
}

TEST(MonsoonControl, LeavesTheOutputAloneWhenAskedForAVoltageOutOfRange) {
  UnitOnABench unit("kws", {.output_v = 2});
  unit.set(0x41, 20U << 20U);
  unit.set(0x41, 1U << 18U);  // 0.25 V
  EXPECT_EQ(unit.model().output_v(), 2);
  EXPECT_EQ(unit.model().counters().violations, 2);
}

TEST(MonsoonControl, LeavesTheBusForItsBootloaderAndReturnsFromAReset) {
  UnitOnABench reset("kws");
  reset.set(0x05, 0);
  EXPECT_FALSE(reset.model().advance(1));
  EXPECT_TRUE(reset.model().advance(2));
  UnitOnABench bootloader("kws");
  static_cast<void>(bootloader.model().control(0, {0x40, 0xFF, 0, 0, 0}, {}));
  EXPECT_FALSE(bootloader.model().advance(1));
  EXPECT_FALSE(bootloader.model().advance(2));
}

TEST(MonsoonControl, DescribesItselfAsTheNotesSay) {
  UnitOnABench unit("kws", {.serial = 7});
  const auto device = unit.model().control(0, {0x80, 6, 0x0100, 0, 64}, {}).data;
  ASSERT_EQ(device.size(), 18U);
  EXPECT_EQ(std::vector(device.begin() + 8, device.begin() + 12), bytes({0xB9, 0x2A, 0x01, 0x00}));
  const auto configuration = unit.model().control(0, {0x80, 6, 0x0200, 0, 255}, {}).data;
  ASSERT_EQ(configuration.size(), 32U);
  EXPECT_EQ(std::vector(configuration.begin() + 18, configuration.begin() + 24),
            bytes({7, 5, 0x81, 2, 64, 0}));
  EXPECT_EQ(unit.model().control(0, {0x80, 6, 0x0200, 0, 9}, {}).data.size(), 9U);
  EXPECT_EQ(unit.model().control(0, {0x80, 6, 0x0303, 0x0409, 255}, {}).data, bytes({4, 3, '7', 0}));
  EXPECT_EQ(unit.model().control(0, {0x80, 6, 0x0600, 0, 10}, {}).status, -EPIPE);  // no high speed
}

}  // namespace
}  // namespace joulemark::test
