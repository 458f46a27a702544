// SPDX-License-Identifier: Apache-2.0
// What the reference decoder integrates out of the packets, against the energies the unit says are true.
#include <tests/unit/emulator/unit_on_a_bench.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace joulemark::test {
namespace {

using Json = nlohmann::json;

constexpr double k_slot_s = 200e-6;

double signed_bits(std::uint32_t value, unsigned bits) {
  const auto limit = std::int64_t{1} << (bits - 1);
  const auto number = static_cast<std::int64_t>(value);
  return static_cast<double>(number < limit ? number : number - 2 * limit);
}

Converter::Constants constants_of(UnitOnABench& unit, MonsoonKind kind) {
  if (kind == MonsoonKind::hvpm) {
    return {static_cast<double>(unit.get(0x1A)), static_cast<double>(unit.get(0x1B)),
            signed_bits(unit.get(0x25), 16), signed_bits(unit.get(0x26), 16), 64000};
  }
  const double fine_ohm = 0.05 + 0.0001 * signed_bits(unit.get(0x02), 8);
  const double coarse_ohm = 0.05 + 0.0001 * signed_bits(unit.get(0x11), 8);
  return {35946 * 0.05 / fine_ohm, 3103.4 * 0.05 / coarse_ohm, 0, 0, 30000};
}

struct Recording {
  std::vector<double> power_w;  // by slot; calibrations bridged straight
  std::vector<int> usb_voltage;
  std::int64_t fine = 0;
  std::int64_t coarse = 0;
  Json truth;
};

// Converts as the notes say, and bridges the holes straight from one measurement to the next.
Recording record(UnitOnABench& unit, MonsoonKind kind, double seconds) {
  const Converter::Constants constants = constants_of(unit, kind);
  Converter converter(0, constants);
  const double volts = kind == MonsoonKind::hvpm ? 250e-6 : 125e-6;
  Recording recording;
  std::vector<std::size_t> holes;
  unit.start();
  const auto observations = observations_of(unit.read_for(seconds));
  for (const Observation& observation : observations) {
    recording.usb_voltage.push_back(observation.usb_voltage);
    if (observation.type != 0) {
      converter.calibrate(observation);
      holes.push_back(recording.power_w.size());
      recording.power_w.push_back(0);
      continue;
    }
    const double power_w = converter.milliamperes(observation) * 1e-3 * observation.main_voltage * volts;
    ++(observation.fine[0] < constants.threshold ? recording.fine : recording.coarse);
    const std::size_t here = recording.power_w.size();
    for (const std::size_t hole : holes) {
      const std::size_t before = holes.front();
      const double from_w = before > 0 ? recording.power_w[before - 1] : power_w;
      const double share = static_cast<double>(hole - before + 1) / static_cast<double>(here - before + 1);
      recording.power_w[hole] = from_w + share * (power_w - from_w);
    }
    holes.clear();
    recording.power_w.push_back(power_w);
  }
  unit.stop();
  recording.truth = Json::parse(unit.truth);
  return recording;
}

// Over [begin, end) with the fractions of the first and last slot.
double energy_j(const Recording& recording, double begin_s, double end_s) {
  double sum_j = 0;
  for (std::size_t i = 0; i < recording.power_w.size(); ++i) {
    const double from_s = static_cast<double>(i) * k_slot_s;
    const double overlap_s = std::min(end_s, from_s + k_slot_s) - std::max(begin_s, from_s);
    if (overlap_s > 0) sum_j += recording.power_w[i] * overlap_s;
  }
  return sum_j;
}

struct Case {
  const char* name;
  MonsoonKind kind;
  const char* scenario;
};

class MonsoonTruth : public testing::TestWithParam<Case> {};

TEST_P(MonsoonTruth, IsWhatTheDecodedPacketsIntegrateToWithinAThousandth) {
  const Case& given = GetParam();
  UnitOnABench unit(given.scenario, {.kind = given.kind, .output_v = 3.7});
  const Recording recording = record(unit, given.kind, 20);
  const double duration_s = recording.truth["duration_s"];
  EXPECT_NEAR(duration_s, 20, 1e-9);
  const double true_j = recording.truth["energy_j"];
  EXPECT_NEAR(energy_j(recording, 0, duration_s) / true_j, 1, 1e-3);
}

INSTANTIATE_TEST_SUITE_P(BothModelsAndRanges, MonsoonTruth,
                         testing::Values(Case{"HvpmFine", MonsoonKind::hvpm, "constant:10mA"},
                                         Case{"HvpmCoarse", MonsoonKind::hvpm, "constant:500mA"},
                                         Case{"HvpmBoth", MonsoonKind::hvpm, "square:1mA,500mA,100ms"},
                                         Case{"HvpmKws", MonsoonKind::hvpm, "kws:10x"},
                                         Case{"LvpmFine", MonsoonKind::lvpm, "constant:10mA"},
                                         Case{"LvpmCoarse", MonsoonKind::lvpm, "constant:500mA"},
                                         Case{"LvpmBoth", MonsoonKind::lvpm, "square:1mA,500mA,100ms"},
                                         Case{"LvpmKws", MonsoonKind::lvpm, "kws:10x"}),
                         [](const auto& each) { return each.param.name; });

TEST(MonsoonTruth, HasTheEnergyOfEveryEventOfASquareWave) {
  // A period of 70 ms, so that the calibrations of every 1250 ms fall anywhere in it.
  UnitOnABench unit("square:1mA,500mA,70ms", {.output_v = 3.7});
  const Recording recording = record(unit, MonsoonKind::hvpm, 7);
  const Json& events = recording.truth["events"];
  ASSERT_EQ(events.size(), 100U);
  double measured_j = 0;
  for (const Json& event : events) {
    EXPECT_NEAR(event["energy_j"].get<double>(), 3.7 * 0.5 * 0.035, 1e-9);
    EXPECT_NEAR(event["end_s"].get<double>() - event["begin_s"].get<double>(), 0.035, 1e-9);
    measured_j += energy_j(recording, event["begin_s"], event["end_s"]);
  }
  EXPECT_NEAR(measured_j / 100, 3.7 * 0.5 * 0.035, 1e-3 * 3.7 * 0.5 * 0.035);
  EXPECT_NEAR(recording.truth["idle"]["power_w"].get<double>(), 3.7 * 1e-3, 1e-9);
  EXPECT_GT(recording.fine, 17000);
  EXPECT_GT(recording.coarse, 17000);
}

TEST(MonsoonTruth, HasTheInferencesThatTheMarkerLineShows) {
  UnitOnABench unit("kws", {.output_v = 3.7});
  const Recording recording = record(unit, MonsoonKind::hvpm, 20);
  std::vector<double> rises_s;
  for (std::size_t i = 1; i < recording.usb_voltage.size(); ++i) {
    if (recording.usb_voltage[i - 1] < 12000 && recording.usb_voltage[i] >= 12000)
      rises_s.push_back(static_cast<double>(i) * k_slot_s);
  }
  std::vector<double> begins_s;
  for (const Json& event : recording.truth["events"]) {
    if (event["name"] == "inference") begins_s.push_back(event["begin_s"]);
  }
  ASSERT_EQ(rises_s.size(), begins_s.size());
  ASSERT_GT(begins_s.size(), 20U);
  for (std::size_t i = 0; i < begins_s.size(); ++i)
    EXPECT_NEAR(rises_s[i], begins_s[i], k_slot_s / 2 + 1e-9);
}

TEST(MonsoonTruth, MeasuresTheOtherTwoChannelsToo) {
  UnitOnABench unit("kws", {.output_v = 3.7});
  Converter usb(1, {static_cast<double>(unit.get(0x1C)), static_cast<double>(unit.get(0x1D)),
                    signed_bits(unit.get(0x27), 16), signed_bits(unit.get(0x28), 16), 64000});
  Converter aux(2, {static_cast<double>(unit.get(0x1E)), static_cast<double>(unit.get(0x1F)), 0, 0, 30000});
  unit.start();
  double usb_ma = 0;
  double aux_ma = 0;
  std::int64_t count = 0;
  for (const Observation& observation : observations_of(unit.read_for(1))) {
    if (observation.type != 0) {
      usb.calibrate(observation);
      aux.calibrate(observation);
      continue;
    }
    usb_ma += usb.milliamperes(observation);
    aux_ma += aux.milliamperes(observation);
    ++count;
  }
  EXPECT_NEAR(usb_ma / static_cast<double>(count), 5, 5e-3);
  EXPECT_NEAR(aux_ma / static_cast<double>(count), 1, 1e-3);
}

}  // namespace
}  // namespace joulemark::test
