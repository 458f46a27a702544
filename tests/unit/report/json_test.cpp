// SPDX-License-Identifier: Apache-2.0
#include <analysis/report/json.h>

#include <tests/support/places.h>
#include <tests/support/temporary_folder.h>
#include <tests/unit/report/examples.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <limits>

namespace joulemark {
namespace {

nlohmann::json parse(const Report& report) {
  return nlohmann::json::parse(to_json(report));
}

// The validator's exit code; 77: it cannot tell here.
int validate(const Report& report) {
  const std::string source = test::source_dir().string();
  const test::TemporaryFolder folder;
  const std::string file = folder.file("report.json");
  std::ofstream(file) << to_json(report);
  const std::string command = "/usr/bin/python3 '" + source + "/tests/support/validate_json.py' '" + source +
                              "/docs/report.schema.json' '" + file + "'";
  const int status = std::system(command.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return code == 127 ? 77 : code;  // no python3 at all
}

TEST(Json, IsAsTheSchemaSays) {
  for (const Analysis& example : {test::busy_example(), test::clean_example(),
                                  test::example_without_voltage(), test::example_without_events()}) {
    const int code = validate(example.report);
    if (code == 77) GTEST_SKIP() << "python3-jsonschema is not installed";
    EXPECT_EQ(code, 0);
  }
}

TEST(Json, WouldBeRefusedBySchemaWithAnUnknownTool) {
  Analysis example = test::clean_example();
  example.report.tool.name = "other";
  const int code = validate(example.report);
  if (code == 77) GTEST_SKIP() << "python3-jsonschema is not installed";
  EXPECT_EQ(code, 1);
}

TEST(Json, KeepsFullPrecisionAndSaysNullForUnknown) {
  Analysis example = test::clean_example();
  example.report.events[0].energy_j.mean = 0.1 + 0.2;
  example.report.idle.power_w.mean = std::numeric_limits<double>::quiet_NaN();
  const auto json = parse(example.report);
  EXPECT_EQ(json["events"][0]["energy_j"]["mean"].get<double>(), 0.1 + 0.2);
  EXPECT_TRUE(json["events"][0]["energy_j"]["ci95"].is_null());
  EXPECT_TRUE(json["idle"]["power_w"]["mean"].is_null());
  EXPECT_TRUE(json["idle"]["floor_current_a"].is_null());
  EXPECT_TRUE(json["capture"]["sha256"].is_null());
  EXPECT_TRUE(json["useful_event"]["energy_j"]["mean"].is_null());
}

TEST(Json, HoldsSharesThatSumToOne) {
  const auto json = parse(test::busy_example().report);
  double sum = 0;
  for (const auto& share : json["useful_event"]["shares"])
    sum += share.get<double>();
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_EQ(json["capture"]["started_at"], "2024-05-01T12:34:56.789Z");
}

TEST(Json, SurvivesTextThatIsNoUtf8) {
  Analysis example = test::clean_example();
  example.report.capture.instrument.model = "\xff\xfe";
  EXPECT_FALSE(parse(example.report)["capture"]["instrument"]["model"].get<std::string>().empty());
}

}  // namespace
}  // namespace joulemark
