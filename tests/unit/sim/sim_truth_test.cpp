// SPDX-License-Identifier: Apache-2.0
// The truth against what a plain integration of the recorded samples gives.
#include <drivers/sim/truth.h>

#include <tests/unit/sim/simulated.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

namespace joulemark::sim {
namespace {

// Integral over [begin, end) of samples that hold for 1 / rate each, the first and last by their fraction.
double integrate(const std::vector<double>& samples, double rate_hz, TimeRange window) {
  const double begin = to_seconds(window.begin_ns) * rate_hz;
  const double end = to_seconds(window.end_ns) * rate_hz;
  double sum = 0;
  for (auto i = static_cast<std::size_t>(begin); i < samples.size() && static_cast<double>(i) < end; ++i) {
    const auto at = static_cast<double>(i);
    sum += samples[i] * (std::min(end, at + 1) - std::max(begin, at));
  }
  return sum / rate_hz;
}

struct Errors {
  double worst_rel = 0;                    // of any single event
  std::map<Activity, double> of_mean_rel;  // of the mean of each kind
};

Errors errors_at(Settings settings, double duration_s) {
  const auto capture = simulate(settings, duration_s);
  const std::vector<double> samples = samples_of(*capture);
  const Truth truth = truth_over(settings, {0, from_seconds(duration_s)}, {});
  Errors errors;
  std::map<Activity, double> measured;
  std::map<Activity, double> exact;
  for (const TrueEvent& event : truth.events) {
    const double energy_j = settings.voltage_v * integrate(samples, settings.rate_hz, event.time);
    errors.worst_rel = std::max(errors.worst_rel, std::abs(energy_j / event.energy_j - 1));
    measured[event.activity] += energy_j;
    exact[event.activity] += event.energy_j;
  }
  for (const auto& [activity, energy_j] : exact)
    errors.of_mean_rel[activity] = std::abs(measured[activity] / energy_j - 1);
  return errors;
}

TEST(SimTruth, IsWhatTheSamplesIntegrateToAndCloserTheFasterTheyAre) {
  double last = 1;
  for (const double rate_hz : {10e3, 100e3, 1e6}) {
    Settings settings = fast(rate_hz);
    settings.noise = 0;
    settings.quantization = false;
    const Errors errors = errors_at(settings, 4);
    // Splitting a sample pro rata at an edge errs by at most a quarter of the step in it; the front-end is
    // the shortest event: 8 mA (12 mA after it) over 3 ms.
    const double bound = 0.25 * (1 + 0.5) / (rate_hz * 2.9e-3);
    EXPECT_LT(errors.worst_rel, bound) << rate_hz;
    EXPECT_LT(errors.worst_rel, last / 5) << rate_hz;
    last = errors.worst_rel;
    ASSERT_EQ(errors.of_mean_rel.size(), 4U);
    if (rate_hz < 100e3) continue;
    for (const auto& [activity, error] : errors.of_mean_rel)
      EXPECT_LT(error, 1e-3) << marker_line(activity)->name << " at " << rate_hz;
    EXPECT_LT(errors.worst_rel, 1e-3) << rate_hz;
  }
}

TEST(SimTruth, HoldsWithNoiseAndSteps) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Settings settings = fast(100e3);
    settings.target.seed = seed;
    EXPECT_LT(errors_at(settings, 4).worst_rel, 1e-3) << seed;
  }
}

TEST(SimTruth, TotalIsTheSumOfAllSamplesAndOfIdleAndEvents) {
  Settings settings = fast(100e3);
  settings.noise = 0;
  settings.quantization = false;
  const TimeRange span{0, 3'000'000'000};
  const Truth truth = truth_over(settings, span, {});
  const std::vector<double> samples = samples_of(*simulate(settings, 3));
  ASSERT_EQ(samples.size(), 300'000U);
  EXPECT_NEAR(settings.voltage_v * integrate(samples, 100e3, span) / truth.energy_j, 1, 1e-7);

  double parts_j = truth.idle_energy_j;
  double parts_s = truth.idle_time_s;
  for (const TrueEvent& event : truth.events) {
    parts_j += event.energy_j;
    parts_s += event.time.seconds();
  }
  ASSERT_NEAR(parts_s, 3, 1e-9) << "choose a seed that sleeps at 3 s";
  EXPECT_NEAR(parts_j / truth.energy_j, 1, 1e-12);
}

TEST(SimTruth, LoadAndSupplyEnergyAgreeBeyondTheDecoupling) {
  Settings settings;
  settings.decoupling_s = 0;
  for (const TrueEvent& event : truth_over(settings, {0, 2'000'000'000}, {}).events)
    EXPECT_NEAR(event.energy_load_j / event.energy_j, 1, 1e-12);
  settings.decoupling_s = 1e-3;
  const Truth slow = truth_over(settings, {0, 2'000'000'000}, {});
  EXPECT_GT(slow.events.front().energy_load_j, 1.1 * slow.events.front().energy_j);
}

TEST(SimTruth, IsWrittenWhenTheRunEnds) {
  const std::string path = testing::TempDir() + "sim_truth.json";
  Settings settings = fast(10e3);
  settings.truth_file = path;
  settings.gap = SampleGap{0.5, 100};
  simulate(settings, 2);
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file);
  const Truth truth = truth_over(settings, {0, 2'000'000'000}, TimeRange{500'000'000, 510'000'000});
  EXPECT_EQ(json["duration_s"], 2.0);
  EXPECT_EQ(json["seed"], 1);
  EXPECT_EQ(json["energy_j"].get<double>(), truth.energy_j);
  EXPECT_EQ(json["lost"]["energy_j"].get<double>(), truth.lost_energy_j);
  EXPECT_GT(truth.lost_energy_j, 0);
  ASSERT_EQ(json["events"].size(), truth.events.size());
  EXPECT_EQ(json["events"][0]["name"], "frontend");
  EXPECT_EQ(json["events"][0]["energy_j"].get<double>(), truth.events[0].energy_j);
  const auto keywords = std::ranges::count(truth.events, Activity::keyword, &TrueEvent::activity);
  EXPECT_EQ(json["means"]["keyword"]["count"], keywords);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace joulemark::sim
