// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/run_record.h>
#include <analysis/formats/mlperf_runner.h>

#include <tests/support/places.h>
#include <tests/unit/formats/import_helpers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace joulemark {
namespace {

using test::Imported;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Imported import_json(const std::string& json) {
  Imported imported;
  std::istringstream stream(json);
  imported.status = import_mlperf_runner(stream, "results.json", *imported.capture);
  return imported;
}

std::string trial(const std::string& samples, const std::string& timestamps,
                  const std::string& iterations = "250") {
  return R"({"file": "a.bin", "stride": null, "infer": {"results": [0.0, [1]], "iterations": )" + iterations +
         R"(}, "power": {"samples": [)" + samples + R"(], "timestamps": [)" + timestamps +
         R"(], "extracted_power": null, "voltage": 3}, "mode": "e"})";
}

TEST(MlperfRunner, TrialsAreStretchesWithAnUnusedIndexBetween) {
  const Imported got =
      import_json("[" + trial("1.542e-05, 2e-5, 3e-5", R"(["00", 0], ["01", 1], ["02", 3])") + ", " +
                  trial("4e-5, 5e-5", R"(["03", 0], ["04", 2])") + "]");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().scale, 1e-9);
  EXPECT_EQ(got.channel().rate_hz, 1000);
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 15420.F), Pair(1, 20000.F), Pair(2, 30000.F),
                                         Pair(4, 40000.F), Pair(5, 50000.F)));
  const auto gaps = got.anomalies(AnomalyKind::gap);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].severity, Severity::info);
  EXPECT_EQ(gaps[0].first_index, 3);
  EXPECT_EQ(got.edges().size(), 5U);
  EXPECT_EQ(got.edges()[3].time_ns, 4'000'000);
  EXPECT_EQ(got.edges()[4].time_ns, 6'000'000);
  EXPECT_EQ(got.metadata("event.inference"), "d0,pair=falling,skip=1,repeat=250");
  EXPECT_EQ(got.capture->info().supply, (Supply{3.0, VoltageBasis::assumed}));
  const auto metadata = got.capture->metadata();
  EXPECT_EQ((**run_record(*metadata)).trials, (std::vector<Trial>{{0, 3}, {4, 2}}));
}

TEST(MlperfRunner, RealSamplesAreWholeNanojoules) {
  const auto captures = test::captures_dir();
  if (!captures) GTEST_SKIP() << "no real recordings here; set JOULEMARK_CAPTURES";
  for (const auto& entry : std::filesystem::directory_iterator(*captures / "mlperf_tiny_v13_runner")) {
    if (!entry.is_directory()) continue;
    Imported got;
    const std::vector<std::filesystem::path> paths{entry.path()};
    got.status = (*choose_importer("", paths))->import(paths, {}, *got.capture);
    ASSERT_TRUE(got.status) << got.error();
    const auto samples = got.samples();
    EXPECT_EQ(samples.size(), 15044U + 12771 + 12766 + 12798 + 12767);  // as its log counts them
    for (const auto& [index, value] : samples)
      ASSERT_EQ(value, std::round(value)) << index;
    EXPECT_EQ(got.edges().size(), 11U);
    EXPECT_EQ(got.capture->anomalies()->size(), 4U);
  }
}

TEST(MlperfRunner, KeysMayComeInAnyOrder) {
  const Imported got = import_json(
      R"([{"power": {"voltage": 1.8, "timestamps": [["7", 1], ["8", 2]], "samples": [1e-5, 2e-5]}, "infer": {"iterations": 4}}])");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.edges().size(), 2U);
  EXPECT_EQ(got.samples().size(), 2U);
}

TEST(MlperfRunner, ALostEdgeIsInTheCaptureAndTakesTheRule) {
  const Imported got = import_json("[" + trial("1e-5, 2e-5, 3e-5", R"(["00", 0], ["03", 2])") + "]");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.samples().size(), 3U);
  const auto lost = got.anomalies(AnomalyKind::lost_edges);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].count, 2);
  EXPECT_EQ(lost[0].time, (TimeRange{0, 2'000'000}));
  EXPECT_EQ(lost[0].severity, Severity::data_loss);
  EXPECT_THAT(lost[0].message, HasSubstr("trial 0: the numbers of the edges jump: 2 edges lost"));
  EXPECT_EQ(got.metadata("event.inference"), "");
}

TEST(MlperfRunner, ALostEdgeMakesTheRunSuspect) {
  Imported got = import_json("[" + trial("1e-5, 2e-5, 3e-5", R"(["00", 0], ["03", 2])") + "]");
  ASSERT_TRUE(got.status) << got.error();
  const auto result = evaluate_mlperf(*got.capture);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
}

TEST(MlperfRunner, NumbersThatRunBackwardsAreALoss) {
  const Imported got = import_json("[" + trial("1e-5, 2e-5, 3e-5", R"(["05", 0], ["02", 2])") + "]");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.anomalies(AnomalyKind::lost_edges).size(), 1U);
}

TEST(MlperfRunner, TheCounterMayJumpBetweenTrials) {
  EXPECT_TRUE(import_json("[" + trial("1e-5", R"(["00", 0], ["01", 1])") + "," +
                          trial("1e-5", R"(["09", 0], ["10", 1])") + "]")
                  .status);
}

TEST(MlperfRunner, TrialsSwappedOrRepeatedAreSuspect) {
  const std::string first = trial("1e-5", R"(["00", 0], ["01", 1])");
  const std::string second = trial("1e-5", R"(["02", 0], ["03", 1])");
  for (const std::string& trials :
       {second + "," + first, first + "," + first, first + "," + second + "," + first}) {
    const Imported got = import_json("[" + trials + "]");
    ASSERT_TRUE(got.status) << got.error();
    EXPECT_THAT(got.anomalies(AnomalyKind::unsorted).at(0).message, HasSubstr("swapped or repeated"));
    EXPECT_EQ(evaluate_mlperf(*got.capture)->verdict, MlperfVerdict::suspect);
    EXPECT_EQ(got.metadata("event.inference"), "");
  }
}

TEST(MlperfRunner, AnEdgeTooManyAfterTheFirstTrialIsSuspect) {
  const std::string first = trial("1e-5, 1e-5, 1e-5", R"(["00", 0], ["01", 1], ["02", 3])");
  const std::string second = trial("1e-5, 1e-5, 1e-5", R"(["03", 0], ["04", 1], ["05", 3])");
  const Imported got = import_json("[" + first + "," + second + "]");
  const auto result = evaluate_mlperf(*got.capture);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
  EXPECT_EQ(result->findings.at(0).code, "edge_extra");
  EXPECT_THAT(got.metadata("withheld.inference"), HasSubstr("too many edges"));
}

TEST(MlperfRunner, AListGivenTwiceIsNotAddedUp) {
  const std::string twice = R"([{"infer": {"iterations": 250}, "power": {"samples": [1e-5], "samples": [1e-5],
                                 "timestamps": [["00", 0], ["01", 1]]}}])";
  const Imported got = import_json(twice);
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.anomalies(AnomalyKind::truncated).at(0).message,
              HasSubstr("a second list of samples in one trial"));
}

TEST(MlperfRunner, APartOfAnInferenceCannotBeCounted) {
  for (const char* iterations : {"250.9", "0", "-3", "1e30"}) {
    const Imported got = import_json("[" + trial("1e-5", R"(["00", 0], ["01", 1])", iterations) + "]");
    ASSERT_TRUE(got.status) << got.error();
    EXPECT_EQ(evaluate_mlperf(*got.capture)->verdict, MlperfVerdict::suspect) << iterations;
  }
}

TEST(MlperfRunner, AFileThatBreaksOffIsUsedUpToThere) {
  const std::string whole = "[" + trial("1e-5, 2e-5", R"(["00", 0], ["01", 1])") + ", " +
                            trial("3e-5, 4e-5", R"(["02", 0], ["03", 1])");
  const Imported got = import_json(whole.substr(0, whole.find("4e-5")));
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 10000.F), Pair(1, 20000.F), Pair(3, 30000.F)));
  EXPECT_THAT(got.anomalies(AnomalyKind::truncated).at(0).message, HasSubstr("results.json: byte"));
}

TEST(MlperfRunner, NullAndGiantSamplesLeaveTheirIndexUnused) {
  const Imported got = import_json("[" + trial("1e-5, null, 1e300, 4e-5", R"(["00", 0], ["01", 4])") + "]");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 10000.F), Pair(3, 40000.F)));
  EXPECT_EQ(got.anomalies(AnomalyKind::invalid_value).at(0).count, 2);
}

TEST(MlperfRunner, NothingUsableIsAnErrorWithItsPlace) {
  EXPECT_THAT(import_json("").error(), HasSubstr("results.json: byte 0"));
  EXPECT_THAT(import_json("{}").error(), HasSubstr("a list of trials should be here"));
  EXPECT_THAT(import_json("[]").error(), HasSubstr("no power samples"));
  EXPECT_THAT(import_json("[{\"power\": null}]").error(), HasSubstr("no power samples"));
  EXPECT_THAT(import_json("[[[[[[").error(), HasSubstr("results.json: byte"));
  EXPECT_THAT(import_json("[{\"a\":" + std::string(1000000, '[')).error(), HasSubstr("nested too deeply"));
  EXPECT_THAT(import_json("[{\"" + std::string(3 << 20, 'k')).error(), HasSubstr("longer than 1 MiB"));
}

TEST(MlperfRunner, EdgesThatMakeNoSenseRefuseTheRun) {
  for (const char* edges : {R"(["00", 5])", R"(["00", -1])", R"(["00", 0.5])", R"(["xx", 0])",
                            R"(["00", 1], ["01", 0])", R"(["00", 1e30])"}) {
    const Imported got = import_json("[" + trial("1e-5, 2e-5", edges) + "]");
    EXPECT_FALSE(got.status) << edges;
  }
}

TEST(MlperfRunner, DifferentCountsAreToldApart) {
  const Imported got = import_json("[" + trial("1e-5", R"(["00", 0], ["01", 1])", "250") + "," +
                                   trial("1e-5", R"(["02", 0], ["03", 1])", "240") + "]");
  const auto metadata = got.capture->metadata();
  EXPECT_FALSE((**run_record(*metadata)).inferences_agree);
}

}  // namespace
}  // namespace joulemark
