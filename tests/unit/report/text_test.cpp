// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/quality.h>
#include <analysis/report/text.h>

#include <tests/support/places.h>
#include <tests/unit/report/examples.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace joulemark {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string golden(const std::string& name) {
  std::ifstream file(test::source_dir() / "tests/unit/report" / name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Text, ShowsABusyCaptureAsAnEngineerReadsIt) {
  EXPECT_EQ(to_text(test::busy_example().report), golden("busy_example.txt"));
}

TEST(Text, StaysWithinEightyColumns) {
  for (const Analysis& example : {test::busy_example(), test::clean_example(),
                                  test::example_without_voltage(), test::example_without_events()}) {
    std::istringstream text(to_text(example.report));
    for (std::string line; std::getline(text, line);)
      EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Text, TellsChargeWhereThereIsNoEnergy) {
  const std::string text = to_text(test::example_without_voltage().report);
  EXPECT_THAT(text, HasSubstr("charge 4.395 mC"));
  EXPECT_THAT(text, HasSubstr("voltage=3.3V"));
  EXPECT_THAT(text, Not(HasSubstr(" J ")));
}

TEST(Text, SaysWhatWasMeasuredAndWhatTheVoltageIsFor) {
  Analysis example = test::clean_example();
  EXPECT_THAT(to_text(example.report), HasSubstr("1000 samples, 2.00 V setpoint\n"));
  example.report.capture.primary.quantity = Quantity::energy;
  EXPECT_THAT(to_text(example.report), HasSubstr("energy measured, 2.00 V setpoint for\n  currents\n"));
  example.report.capture.voltage_basis = VoltageBasis::unknown;
  EXPECT_THAT(to_text(example.report), HasSubstr("energy measured, no voltage known\n"));
}

TEST(Text, CountsOneInTheSingular) {
  Analysis example = test::clean_example();
  example.report.capture.primary.samples = 1;
  example.report.capture.primary.lost_samples = 1;
  EXPECT_THAT(to_text(example.report), HasSubstr(", 1 sample, "));
  EXPECT_THAT(to_text(example.report), HasSubstr(", 1 sample lost"));
}

TEST(Text, SaysHowToNameALine) {
  EXPECT_THAT(to_text(test::example_without_events().report), HasSubstr("--event inference=d0"));
}

TEST(Text, SaysThatIdleIsEverythingWhereNoEventIsNamed) {
  const char* const sentence = "over 1.00 s\n          no event named: all of it counts as idle\n";
  EXPECT_THAT(to_text(test::example_without_events().report), HasSubstr(sentence));
  EXPECT_THAT(to_text(test::clean_example().report), Not(HasSubstr("no event named")));
}

TEST(Text, CountsTroubleOfSeveralChannelsAtOnePlaceOnce) {
  Analysis example = test::clean_example();
  std::vector<Anomaly> anomalies;
  for (const ChannelId channel : {ChannelId{0}, ChannelId{1}}) {
    for (const TimeNs begin_ns : {100'000'000, 400'000'000})
      anomalies.push_back({AnomalyKind::gap,
                           Severity::data_loss,
                           channel,
                           {begin_ns, begin_ns + 21'000'000},
                           begin_ns / 1'000'000,
                           21,
                           "21 samples lost"});
  }
  example.report.quality = quality_of(anomalies, example.report.capture, {}, {});
  EXPECT_THAT(to_text(example.report), HasSubstr("gap x42: 21 samples lost (and 1 more like it)\n"));
  EXPECT_EQ(example.report.quality.anomalies.front().count, 84);
}

TEST(Text, LetsNoTextFromAFileSteerTheTerminal) {
  Analysis example = test::clean_example();
  example.report.capture.instrument.model = "evil\x1b[2Jmeter";
  EXPECT_THAT(to_text(example.report), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace joulemark
