// SPDX-License-Identifier: Apache-2.0
// Made-up runs: the truth is how they were made.
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_render.h>
#include <analysis/model/memory_capture.h>

#include <tests/unit/benchmark/run_helpers.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <sstream>

namespace joulemark {
namespace {

using test::all_findings;
using test::edges_of;
using testing::HasSubstr;
using testing::Not;

// 25 mW over 70 s that flicker by 2 % from sample to sample, as nothing measured stands still.
std::vector<float> flicker(double rate_hz) {
  std::vector<float> values(static_cast<std::size_t>(70 * rate_hz));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(25000 / rate_hz * (i % 2 == 0 ? 0.98 : 1.02));
  return values;
}

// A made-up run but for the changed samples, without a log.
std::unique_ptr<MemoryCapture> made_up(const std::vector<double>& edges_s, const RunRecord& record,
                                       double rate_hz = 1000,
                                       const std::map<std::size_t, float>& changed_uj = {},
                                       const std::vector<Anomaly>& anomalies = {}) {
  auto capture = std::make_unique<MemoryCapture>();
  CaptureInfo info;
  Channel energy;
  energy.name = "eembc.energy";
  energy.quantity = Quantity::energy;
  energy.rate_hz = rate_hz;
  energy.scale = 1e-6;
  info.channels = {energy};
  info.lines = {{LineId{0}, ""}};
  EXPECT_TRUE(capture->begin(info));
  std::vector<float> values = flicker(rate_hz);
  for (const auto& [index, value] : changed_uj)
    values.at(index) = value;
  EXPECT_TRUE(capture->accept(SampleBlock{ChannelId{0}, 0, values, {}}));
  for (const double edge_s : edges_s)
    EXPECT_TRUE(capture->accept(Edge{from_seconds(edge_s), 1'000'000, LineId{0}, false}));
  for (const Anomaly& anomaly : anomalies)
    EXPECT_TRUE(capture->accept(anomaly));
  EXPECT_TRUE(capture->accept(to_metadata(record)));
  EXPECT_TRUE(capture->end(EndReason::completed));
  return capture;
}

RunRecord record_of(std::int64_t inferences) {
  RunRecord record;
  record.inferences = inferences;
  return record;
}

TEST(Mlperf, ARunWithoutALogIsJudgedByItsRulesAlone) {
  const auto result = evaluate_mlperf(*made_up({0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 60}, record_of(20)));
  EXPECT_EQ(result->verdict, MlperfVerdict::valid);
  EXPECT_NEAR(*result->figures.median_energy_per_inference_j, 0.025 * 11 / 20, 1e-12);
  EXPECT_THAT(all_findings(*result), HasSubstr("no_log"));
}

TEST(Mlperf, ATraceOfAnotherRateThanTheOfficialOneIsNeverValid) {
  const std::initializer_list<double> edges_s{0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 60};
  for (const double rate_hz : {0.001, 1.0, 100.0, 999.0, 1001.0}) {
    const auto result = evaluate_mlperf(*made_up(edges_s, record_of(20), rate_hz));
    EXPECT_EQ(result->verdict, MlperfVerdict::suspect) << rate_hz;
    EXPECT_THAT(all_findings(*result), HasSubstr("rate_unexpected"));
  }
}

TEST(Mlperf, ATraceShorterOrLongerThanTheLogSaysIsNeverValid) {
  for (const double traced_s : {68.9, 70.2, 60.0}) {
    RunRecord record = record_of(20);
    record.traced_s = traced_s;
    const auto result = evaluate_mlperf(*made_up({0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 60}, record));
    EXPECT_EQ(result->verdict, MlperfVerdict::suspect) << traced_s;
    EXPECT_THAT(all_findings(*result), HasSubstr(traced_s > 70 ? "trace_too_short" : "trace_too_long"));
  }
}

TEST(Mlperf, AWindowOfAnotherLengthIsSuspect) {
  const auto result =
      evaluate_mlperf(*made_up({0.02, 1, 12, 13, 24, 25.5, 36, 37, 48, 49, 60}, record_of(20)));
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_THAT(all_findings(*result), HasSubstr("window_length: Window 6 lasts 10.500 s"));
}

TEST(Mlperf, ALogThatDoesNotTellTheTracesLengthIsSuspect) {
  RunRecord record = record_of(20);
  for (int i = 0; i < 5; ++i) {
    record.marks.push_back({LogMarkKind::start, 101 + 12.0 * i});
    record.marks.push_back({LogMarkKind::done, 112 + 12.0 * i});
  }
  const auto result = evaluate_mlperf(*made_up({0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 60}, record));
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_THAT(all_findings(*result), HasSubstr("trace_length_unknown"));
}

TEST(Mlperf, AnEvenNumberOfEdgesWithoutALogCannotBeJudged) {
  const auto result = evaluate_mlperf(*made_up({1, 12, 13, 24, 25, 36, 37, 48, 49, 60}, record_of(20)));
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_FALSE(result->repaired);
}

TEST(Mlperf, ABrokenRunFailsItsRulesAndDoesNotCrash) {
  const auto none = evaluate_mlperf(*made_up({}, record_of(20)));
  EXPECT_EQ(none->verdict, MlperfVerdict::invalid);
  EXPECT_FALSE(none->figures.median_energy_per_inference_j);
  const auto few = evaluate_mlperf(*made_up({0.02, 1, 12, 13, 13}, record_of(5)));
  EXPECT_EQ(few->verdict, MlperfVerdict::invalid);
  EXPECT_EQ(few->figures.windows[1].runtime_s, 0);
  EXPECT_FALSE(few->figures.windows[1].power_w);
  for (const MlperfRule& rule : few->rules)
    EXPECT_EQ(rule.status,
              rule.name == "max_dropped_fraction" ? MlperfRuleStatus::unknown : MlperfRuleStatus::fail)
        << rule.name;
}

TEST(Mlperf, AWindowThatRunsPastTheTraceCountsAsDroppedSamples) {
  const auto result = evaluate_mlperf(*made_up({0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 80}, record_of(20)));
  EXPECT_EQ(result->figures.windows[4].missing_samples, 10000);
  EXPECT_THAT(all_findings(*result), HasSubstr("window_not_recorded"));
  EXPECT_EQ(result->verdict, MlperfVerdict::invalid);
}

const std::vector<double> k_good_edges_s{0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 60};

struct Impossible {
  const char* what;
  std::map<std::size_t, float> changed_uj;
  const char* finding;

  friend void PrintTo(const Impossible& self, std::ostream* out) { *out << self.what; }
};

class ImpossibleSamples : public testing::TestWithParam<Impossible> {};

TEST_P(ImpossibleSamples, AreFoundAndNeverValid) {
  const auto result = evaluate_mlperf(*made_up(k_good_edges_s, record_of(20), 1000, GetParam().changed_uj));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_THAT(all_findings(*result), HasSubstr(GetParam().finding));
  std::istringstream lines(mlperf_text(*result));
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(line.size(), 80U) << line;
}

std::map<std::size_t, float> stretch(std::size_t begin, std::size_t end, float value) {
  std::map<std::size_t, float> changed;
  for (std::size_t i = begin; i < end; ++i)
    changed[i] = value;
  return changed;
}

INSTANTIATE_TEST_SUITE_P(
    Mlperf, ImpossibleSamples,
    testing::Values(
        Impossible{"huge", {{5000, 1e30F}}, "sample_beyond_monitor: Window 2 holds a sample of 1e+30 uJ"},
        Impossible{"huge_throughout", stretch(1000, 12000, 2e6F), "sample_beyond_monitor: Window 2"},
        Impossible{"negative", {{20000, -1.F}}, "sample_negative: Window 4 holds a sample of -1 uJ"},
        Impossible{"negative_giant", {{20000, -1e30F}}, "energy_not_positive: Window 4"},
        Impossible{"both_signs", {{20000, -1e30F}, {20001, 1e30F}}, "sample_beyond_monitor: Window 4"},
        Impossible{"outlier", {{59999, 260.F}}, "sample_outlier: Window 10 holds a sample of 260 uJ"},
        Impossible{"silent", stretch(5000, 6000, 0.F),
                   "samples_zero: Window 2 holds 1000 samples of next to nothing"},
        Impossible{"next_to_silent", stretch(5000, 9000, 1e-30F),
                   "samples_zero: Window 2 holds 4000 samples"},
        Impossible{"stuck", stretch(5000, 6000, 31.F),
                   "samples_stuck: Window 2 holds 1000 samples in a row of the very same value"},
        Impossible{"nothing_drawn", stretch(900, 12100, 0.F), "energy_not_positive: Window 2"}),
    [](const auto& impossible) { return std::string(impossible.param.what); });

TEST(Mlperf, ASampleThatIsStrangeOutsideTheWindowsChangesNothing) {
  const auto result = evaluate_mlperf(*made_up(k_good_edges_s, record_of(20), 1000, {{12500, 1e30F}}));
  EXPECT_EQ(result->verdict, MlperfVerdict::valid);
}

TEST(Mlperf, NoiseAroundZeroIsNoNegativeEnergy) {
  const auto result = evaluate_mlperf(*made_up(k_good_edges_s, record_of(20), 1000, {{5000, -0.02F}}));
  EXPECT_EQ(result->verdict, MlperfVerdict::valid);
}

TEST(Mlperf, EdgesOutsideTheSamplesAreNeverValid) {
  for (const double outside_s : {-0.5, 70.5}) {
    std::vector<double> edges_s = k_good_edges_s;
    edges_s.insert(outside_s < 0 ? edges_s.begin() : edges_s.end(), outside_s);
    edges_s.insert(outside_s < 0 ? edges_s.begin() : edges_s.end(), outside_s);
    const auto result = evaluate_mlperf(*made_up(edges_s, record_of(20)));
    EXPECT_NE(result->verdict, MlperfVerdict::valid);
    EXPECT_THAT(all_findings(*result),
                HasSubstr(fmt::format("edge_outside: 2 edges lie outside the recorded 70.000 s: at {:.3f} s",
                                      outside_s)));
    EXPECT_THAT(all_findings(*result), HasSubstr("edge_doubled"));
  }
}

TEST(Mlperf, TwoEdgesAtOneTimeAreNeverValid) {
  std::vector<double> edges_s = k_good_edges_s;
  edges_s.push_back(60);
  edges_s.push_back(60);
  const auto result = evaluate_mlperf(*made_up(edges_s, record_of(20)));
  EXPECT_NE(result->verdict, MlperfVerdict::valid);
  EXPECT_THAT(all_findings(*result), HasSubstr("edge_doubled: 2 edges have the time of the edge before"));
}

TEST(Mlperf, AnEmptyWindowHasNoFigures) {
  const auto result = evaluate_mlperf(*made_up({0.02, 1, 12, 13, 24, 25, 36, 37, 48, 80, 91}, record_of(20)));
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_THAT(all_findings(*result), HasSubstr("window_empty: Window 10 holds no sample"));
  const auto json = nlohmann::json::parse(mlperf_json(*result, "1.2.3"));
  EXPECT_TRUE(json["windows"][4]["energy_j"].is_null());
  EXPECT_TRUE(json["windows"][4]["power_w"].is_null());
  EXPECT_TRUE(json["windows"][4]["energy_per_inference_j"].is_null());
  EXPECT_EQ(json["windows"][4]["missing_samples"], 11000);
  EXPECT_FALSE(json["windows"][3]["energy_j"].is_null());
  EXPECT_TRUE(json["median_energy_per_inference_j"].is_null());
  EXPECT_THAT(mlperf_text(*result), HasSubstr("Median energy cost is not known."));
}

// One sample of 55000 is far below the rule on dropped samples, yet its window's sum is wrong.
TEST(Mlperf, AWindowThatLacksASampleIsSuspect) {
  MemoryCapture capture;
  const auto whole = made_up(k_good_edges_s, record_of(20));
  ASSERT_TRUE(capture.begin(whole->info()));
  const std::vector<float> values = flicker(1000);
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, std::span(values).first(5000), {}}));
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 5001, std::span(values).first(64999), {}}));
  for (const Edge& edge : edges_of(*whole))
    ASSERT_TRUE(capture.accept(edge));
  ASSERT_TRUE(capture.accept(to_metadata(record_of(20))));
  ASSERT_TRUE(capture.end(EndReason::completed));
  const auto result = evaluate_mlperf(capture);
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_THAT(all_findings(*result), HasSubstr("window_not_recorded: Window 2 lacks 1 of its samples"));
}

TEST(Mlperf, WhatTheCaptureSaysIsWrongIsAFinding) {
  const auto judged = [](const Anomaly& anomaly) {
    return evaluate_mlperf(*made_up(k_good_edges_s, record_of(20), 1000, {}, {anomaly}));
  };
  const TimeRange inside{5'000'000'000, 6'000'000'000};
  const TimeRange pause{12'400'000'000, 12'600'000'000};
  const auto edges =
      judged({AnomalyKind::unsorted, Severity::data_loss, std::nullopt, {}, 0, 1, "edges lost"});
  EXPECT_EQ(edges->verdict, MlperfVerdict::suspect);
  EXPECT_THAT(all_findings(*edges), HasSubstr("unsorted: edges lost"));
  const auto clipped =
      judged({AnomalyKind::clipped, Severity::doubtful, ChannelId{0}, inside, 0, 1, "clipped"});
  EXPECT_EQ(clipped->verdict, MlperfVerdict::suspect);
  const auto elsewhere =
      judged({AnomalyKind::clipped, Severity::doubtful, ChannelId{0}, pause, 0, 1, "clipped"});
  EXPECT_EQ(elsewhere->verdict, MlperfVerdict::valid);
  EXPECT_THAT(all_findings(*elsewhere), HasSubstr("clipped"));
}

TEST(Mlperf, AnEdgeFarBeyondTheTraceIsRefusedInsteadOfCountedTo) {
  const auto result = evaluate_mlperf(*made_up({0.02, 1, 9e9}, record_of(20)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::inadequate);
}

TEST(Mlperf, TheLogOfAnotherRunIsSuspectAndNothingIsRepaired) {
  RunRecord record = record_of(20);
  for (int i = 0; i < 5; ++i) {
    record.marks.push_back({LogMarkKind::start, 1000 + 3.7 * i * i});
    record.marks.push_back({LogMarkKind::done, 1001 + 3.7 * i * i + 0.1 * i});
  }
  const auto result = evaluate_mlperf(*made_up({0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 60}, record));
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_FALSE(result->repaired);
  EXPECT_THAT(all_findings(*result), HasSubstr("log_mismatch"));
}

TEST(Mlperf, UnknownOrContradictoryInferenceCountsCannotBeJudged) {
  const std::vector<double> edges{0.02, 1, 12, 13, 24, 25, 36, 37, 48, 49, 60};
  EXPECT_EQ(evaluate_mlperf(*made_up(edges, RunRecord{}))->verdict, MlperfVerdict::suspect);
  RunRecord record = record_of(20);
  record.inferences_agree = false;
  EXPECT_EQ(evaluate_mlperf(*made_up(edges, record))->verdict, MlperfVerdict::suspect);
}

TEST(Mlperf, ACaptureWithoutEnergyPerIntervalIsRefused) {
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.push_back(Channel{});
  info.channels[0].name = "a.current";
  info.channels[0].rate_hz = 10;
  ASSERT_TRUE(capture.begin(info));
  const auto result = evaluate_mlperf(capture);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::inadequate);
  EXPECT_THAT(result.error().message, HasSubstr("energy per interval"));
}

TEST(RunRecordText, SurvivesTheMetadata) {
  RunRecord record = record_of(7);
  record.tool = MlperfTool::python_runner;
  record.dropped_fraction = 0.25;
  record.began_s = 12.25;
  record.traced_s = 70.5;
  record.marks = {{LogMarkKind::handshake, 1.5}, {LogMarkKind::start, 2.125}};
  record.trials = {{0, 5}, {6, 7}};
  const std::vector<MetadataItem> items{{"other", "x"}, to_metadata(record)};
  EXPECT_EQ(**run_record(items), record);
}

TEST(RunRecordText, DamagedMetadataIsAnErrorAndNeverACrash) {
  for (const char* text :
       {"", "{", "[]", "{\"tool\":\"x\"}", "{\"tool\":3}", "{\"tool\":\"energyrunner\",\"marks\":[1]}",
        "{\"tool\":\"energyrunner\",\"marks\":[{\"kind\":\"start\",\"time_s\":1e999}]}",
        "{\"tool\":\"energyrunner\",\"inferences\":-1}",
        "{\"tool\":\"python_runner\",\"trials\":[{\"first_index\":-1,\"samples\":1}]}"}) {
    const std::vector<MetadataItem> items{{std::string(k_run_record_key), text}};
    EXPECT_FALSE(run_record(items)) << text;
  }
}

}  // namespace
}  // namespace joulemark
