// SPDX-License-Identifier: Apache-2.0
#include <analysis/report/csv.h>
#include <analysis/report/utc.h>

#include <tests/unit/report/examples.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace joulemark {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Csv, ListsEveryEvent) {
  const Analysis analysis = test::clean_example();
  std::istringstream csv(to_csv(analysis.report, analysis.rows));
  std::string header;
  std::string line;
  std::getline(csv, header);
  std::getline(csv, line);
  EXPECT_EQ(header,
            "name,index,begin_s,end_s,latency_s,energy_j,net_energy_j,charge_c,power_w,peak_current_a,method,"
            "flags");
  EXPECT_THAT(line, StartsWith("inference,0,0.250000000,0.750000000,0.005,"));
  EXPECT_THAT(line, EndsWith(",integral,"));
  std::vector<std::string> cells;
  std::istringstream row(line);
  for (std::string cell; std::getline(row, cell, ',');)
    cells.push_back(cell);
  // 9 x 2^-10 A at 2 V for 0.5 s, 100 inferences; net of the 2^-10 A outside.
  EXPECT_NEAR(std::stod(cells[5]), 2 * 9 * 0x1p-10 * 0.5 / 100, 1e-15);
  EXPECT_NEAR(std::stod(cells[6]), 2 * 8 * 0x1p-10 * 0.5 / 100, 1e-15);
  EXPECT_NEAR(std::stod(cells[7]), 9 * 0x1p-10 * 0.5 / 100, 1e-15);
  EXPECT_NEAR(std::stod(cells[8]), 2 * 9 * 0x1p-10, 1e-12);
  EXPECT_NEAR(std::stod(cells[9]), 9 * 0x1p-10, 1e-12);
}

TEST(Csv, LeavesUnknownEmptyAndSaysWhy) {
  const Analysis analysis = test::busy_example();
  const std::string csv = to_csv(analysis.report, analysis.rows);
  EXPECT_THAT(csv, HasSubstr(",0.007,,,,,,excess,not_isolated\n"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 45);
}

TEST(Csv, WritesTimesExactly) {
  Analysis analysis = test::clean_example();
  analysis.rows[0].time = {-1'500'000'001, 9'000'000'000'000'000'007};
  EXPECT_THAT(to_csv(analysis.report, analysis.rows),
              HasSubstr("inference,0,-1.500000001,9000000000.000000007,"));
}

TEST(Utc, FormatsToTheMillisecond) {
  EXPECT_EQ(format_utc(1'714'566'896'789'999'999), "2024-05-01T12:34:56.789Z");
  EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace joulemark
