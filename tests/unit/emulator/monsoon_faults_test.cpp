// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/emulator/unit_on_a_bench.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace joulemark::test {
namespace {

UnitOnABench unit_with(std::vector<std::string> faults) {
  return UnitOnABench("constant:10mA", {.output_v = 3.7}, std::move(faults));
}

TEST(MonsoonFaults, DropsObservationsWhereAskedAndCountsThem) {
  UnitOnABench unit("square:0A,10mA,200ms", {.output_v = 3.7}, {"drop:100@2s"});
  unit.start();
  const auto packets = unit.read_for(3);
  unit.stop();
  EXPECT_EQ(observations_of(packets).size() + observations_of(unit.drain()).size(), 15000U - 100);
  std::size_t before = 0;
  for (const Packet& packet : packets) {
    if (packet.dropped == 100) break;
    before += packet.observations.size();
  }
  EXPECT_EQ(before, 10000U);
  EXPECT_EQ(packets.back().dropped, 100);
  // What follows is what the target did after the loss: slot 10100 is in the middle of a low half.
  EXPECT_LT(observations_of(packets)[10000].usb_voltage, 1000);
  EXPECT_LT(observations_of(packets)[10399].usb_voltage, 1000);
  EXPECT_GT(observations_of(packets)[10400].usb_voltage, 20000);
}

TEST(MonsoonFaults, LosesPacketsThatOnlyTheSequenceMisses) {
  UnitOnABench unit = unit_with({"lose:2@2s"});
  unit.start();
  const auto packets = unit.read_for(3);
  unit.stop();
  EXPECT_EQ(observations_of(packets).size() + observations_of(unit.drain()).size(), 15000U - 6);
  int jumps = 0;
  for (std::size_t i = 1; i < packets.size(); ++i) {
    const int step = (packets[i].sequence - packets[i - 1].sequence + 16) % 16;
    if (step == 1) continue;
    EXPECT_EQ(step, 3);
    ++jumps;
  }
  EXPECT_EQ(jumps, 1);
  EXPECT_EQ(packets.back().dropped, 0);
}

TEST(MonsoonFaults, WrapsTheDroppedCount) {
  UnitOnABench unit = unit_with({"wrap@2s"});
  unit.start();
  EXPECT_EQ(unit.read_for(1.9).back().dropped, 65530);
  EXPECT_EQ(unit.read_for(0.2).back().dropped, 6);
}

TEST(MonsoonFaults, CorruptsOnePacket) {
  UnitOnABench unit = unit_with({"corrupt@1s"});
  unit.start();
  const auto packets = unit.read_for(2);
  EXPECT_EQ(std::ranges::count_if(packets, [](const Packet& packet) { return packet.count > 3; }), 1);
  EXPECT_EQ(packets.back().dropped, 0);
}

TEST(MonsoonFaults, StallsWithoutLeavingTheBus) {
  UnitOnABench unit = unit_with({"stall@1s"});
  unit.start();
  EXPECT_NEAR(static_cast<double>(observations_of(unit.read_for(3)).size()), 5000, 3);
  EXPECT_EQ(unit.get(0xC4), 0x80U);
  EXPECT_FALSE(unit.model().bulk_in_ready_ns());
  EXPECT_EQ(unit.stop().status, 0);
}

TEST(MonsoonFaults, UnplugsAtATime) {
  UnitOnABench unit = unit_with({"unplug@1s"});
  unit.start();
  EXPECT_NEAR(static_cast<double>(observations_of(unit.read_for(3)).size()), 5000, 6);
  EXPECT_FALSE(unit.model().advance(unit.now_ns));
  EXPECT_NE(unit.ask(0xC4).status, 0);
  EXPECT_NE(unit.log.find("unplugged"), std::string::npos);
  EXPECT_FALSE(unit.truth.empty());
}

TEST(MonsoonFaults, UnplugsInEveryPhase) {
  UnitOnABench list = unit_with({"unplug@list"});
  list.ask(0x42);
  EXPECT_FALSE(list.model().advance(0));

  UnitOnABench listed = unit_with({"unplug@list"});
  static_cast<void>(listed.model().control(0, {0x80, 6, 0x0303, 0x0409, 255}, {}));  // enumeration
  static_cast<void>(listed.model().control(0, {0x00, 9, 1, 0, 0}, {}));
  EXPECT_TRUE(listed.model().advance(0));
  static_cast<void>(listed.model().control(0, {0x80, 6, 0x0303, 0x0409, 255}, {}));
  EXPECT_FALSE(listed.model().advance(0));

  UnitOnABench configure = unit_with({"unplug@configure"});
  configure.ask(0x42);
  configure.ask(0xC4);
  EXPECT_TRUE(configure.model().advance(0));
  configure.ask(0x1A);
  EXPECT_FALSE(configure.model().advance(0));

  UnitOnABench calibrate = unit_with({"unplug@calibrate"});
  calibrate.start();
  EXPECT_LT(observations_of(calibrate.read_for(1)).size(), 10U);

  UnitOnABench sample = unit_with({"unplug@sample"});
  sample.start();
  EXPECT_NEAR(static_cast<double>(observations_of(sample.read_for(3)).size()), 5000, 6);

  UnitOnABench stop = unit_with({"unplug@stop"});
  stop.stop();
  EXPECT_TRUE(stop.model().advance(0));
  stop.start();
  stop.stop();
  EXPECT_FALSE(stop.model().advance(0));
}

TEST(MonsoonFaults, RunsItsClockFast) {
  UnitOnABench unit = unit_with({"drift:1000"});
  unit.start();
  EXPECT_NEAR(static_cast<double>(observations_of(unit.read_for(10)).size()), 50050, 3);
  unit.stop();
  EXPECT_NEAR(nlohmann::json::parse(unit.truth)["duration_s"].get<double>(), 10, 1e-3);
}

TEST(MonsoonFaults, IsFoundSampling) {
  UnitOnABench unit = unit_with({"start-sampling"});
  EXPECT_EQ(unit.get(0xC4), 0x80U);
  EXPECT_EQ(unit.get(0x41), 0xFFFFFFFEU);
  unit.now_ns = 1000 * k_ms;
  unit.stop();
  EXPECT_EQ(observations_of(unit.drain()).size(), 256U);  // a queue full of stale ones
  unit.now_ns += 4 * k_ms;
  EXPECT_EQ(unit.get(0xC4), 0U);
}

TEST(MonsoonFaults, WithholdsCalibration) {
  UnitOnABench unit = unit_with({"no-calibration"});
  unit.start();
  const auto observations = observations_of(unit.read_for(6));
  EXPECT_EQ(observations.size(), 30000U);
  EXPECT_TRUE(std::ranges::all_of(observations, [](const Observation& each) { return each.type == 0; }));
}

TEST(MonsoonFaults, TripsAndSwitchesTheOutputOff) {
  UnitOnABench unit = unit_with({"trip@1s"});
  unit.start();
  const auto packets = unit.read_for(2);
  EXPECT_TRUE(packets[1600].output_on);
  EXPECT_FALSE(packets[1600].tripped);
  EXPECT_TRUE(packets.back().tripped);
  EXPECT_FALSE(packets.back().output_on);
  EXPECT_NEAR(packets.back().observations[0].main_voltage, 0, 3);
  unit.stop();
  EXPECT_EQ(unit.model().output_v(), 0);
  EXPECT_NEAR(nlohmann::json::parse(unit.truth)["duration_s"].get<double>(), 1, 1e-9);
}

TEST(MonsoonFaults, RefusesWhatItDoesNotKnowAndListsWhatItDoes) {
  for (const char* text : {"", "drop", "drop:0@1s", "drop:1.5@1s", "drop:5", "stall", "stall@1", "stall@-1s",
                           "unplug@lunch", "drift:fast", "drift:nan", "wrap", "melt"}) {
    const std::vector<std::string> texts{text};
    const auto faults = emulator::parse_monsoon_faults(texts);
    ASSERT_FALSE(faults) << text;
    EXPECT_EQ(faults.error().code, ErrorCode::usage);
  }
}

}  // namespace
}  // namespace joulemark::test
