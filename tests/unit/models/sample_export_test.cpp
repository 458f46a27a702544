// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/memory_capture.h>

#include <app/models/channel_values.h>
#include <app/models/level_reader.h>
#include <app/models/sample_export.h>
#include <app/models/text.h>

#include <tests/support/temporary_folder.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

namespace joulemark {
namespace {

constexpr std::int64_t k_currents = 150'000;  // at 1 kS/s, more than are written at once
constexpr std::int64_t k_most_held = 140'000;

// 150 s of current, with readings of the voltage at times of their own and a line that goes up and down.
struct Bench {
  MemoryCapture capture;
  std::vector<TimeNs> readings;
  std::vector<Edge> edges;

  Bench() {
    CaptureInfo info;
    info.channels.resize(2);
    info.channels[0].name = "bench.current";
    info.channels[0].rate_hz = 1000;
    info.channels[1].name = "bench.voltage";
    info.channels[1].quantity = Quantity::voltage;
    info.channels[1].rate_hz = 2000;
    info.channels[1].timed = true;
    info.lines = {{LineId{3}, "busy"}};
    EXPECT_TRUE(capture.begin(info));
    EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(k_currents, 0.5F), {}}));
    std::vector<float> values;
    for (std::int64_t i = 0; i < 2 * k_currents; ++i) {
      readings.push_back(i * 500'000 + i % 7 * 10'007 + 1);
      values.push_back(static_cast<float>(i));
    }
    EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{1}, 0, values, readings}));
    for (std::int64_t i = 0; i < 2 * k_currents; ++i) {
      edges.push_back({i * 500'000 + 300'000, 0, LineId{3}, i % 3 != 0});
      EXPECT_TRUE(capture.accept(edges.back()));
    }
    EXPECT_TRUE(capture.end(EndReason::completed));
  }

  [[nodiscard]] std::size_t nearest_reading(TimeNs time_ns) const {
    const auto after = std::ranges::lower_bound(readings, time_ns);
    if (after == readings.begin()) return 0;
    const bool before = after == readings.end() || time_ns - *std::prev(after) < *after - time_ns;
    return static_cast<std::size_t>(after - readings.begin()) - (before ? 1 : 0);
  }
  [[nodiscard]] bool level(TimeNs time_ns) const {
    const auto after = std::ranges::upper_bound(edges, time_ns, {}, &Edge::time_ns);
    return after == edges.begin() ? !edges.front().level : std::prev(after)->level;
  }
};

TEST(SampleExport, HoldsAPartOfSamplesWithTimesOfTheirOwn) {
  Bench bench;
  ChannelValues voltage(bench.capture, ChannelId{1}, {0, 150'000'000'000});
  std::size_t most = 0;
  for (TimeNs begin_ns = 0; begin_ns < 150'000'000'000; begin_ns += 10'000'000'000) {
    ASSERT_TRUE(voltage.load_around({begin_ns, begin_ns + 10'000'000'000}));
    most = std::max(most, voltage.samples().size());
    for (const TimeNs time_ns : {begin_ns, begin_ns + 4'321'000'000, begin_ns + 9'999'000'000}) {
      ASSERT_TRUE(voltage.at(time_ns));
      EXPECT_EQ(*voltage.at(time_ns), static_cast<double>(bench.nearest_reading(time_ns))) << time_ns;
    }
  }
  EXPECT_LT(most, static_cast<std::size_t>(k_most_held));
}

TEST(SampleExport, HoldsAPartOfTheEdges) {
  Bench bench;
  auto levels = LevelReader::of(bench.capture, {0, 150'000'000'000}, 0);
  ASSERT_TRUE(levels);
  for (TimeNs time_ns = 0; time_ns < 150'000'000'000; time_ns += 1'000'000'000) {
    ASSERT_TRUE(levels->load_until(time_ns + 1));
    EXPECT_LE(levels->held(), 2001U);
    levels->go_to(time_ns);
    EXPECT_EQ(levels->at(LineId{3}), bench.level(time_ns)) << time_ns;
  }
}

TEST(SampleExport, KnowsWhatIsStatedOfALineWithoutAnEdge) {
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "bench.current";
  info.channels[0].rate_hz = 1000;
  info.lines = {{LineId{2}, "stated"}, {LineId{5}, "unknown"}};
  ASSERT_TRUE(capture.begin(info));
  ASSERT_TRUE(capture.accept(MetadataItem{"line.d2.initial", "high"}));
  ASSERT_TRUE(capture.end(EndReason::completed));
  const auto levels = LevelReader::of(capture, {0, 1'000'000}, 0);
  ASSERT_TRUE(levels);
  EXPECT_EQ(levels->at(LineId{2}), std::optional(true));
  EXPECT_EQ(levels->at(LineId{5}), std::nullopt);
}

TEST(SampleExport, WritesWhatIsNearestInTimeInEveryPart) {
  Bench bench;
  const test::TemporaryFolder folder;
  const std::string file = folder.file("out.csv");
  ASSERT_TRUE(export_samples(bench.capture, {0, 150'000'000'000}, to_qt(file)));
  std::ifstream csv(file);
  std::string line;
  std::getline(csv, line);
  EXPECT_EQ(line, "t_s,current_a,voltage_v,power_w,d3");
  for (std::int64_t row = 0; row < k_currents; ++row) {
    ASSERT_TRUE(std::getline(csv, line)) << row;
    std::istringstream cells(line);
    std::vector<double> values;
    for (std::string cell; std::getline(cells, cell, ',');)
      values.push_back(std::stod(cell));
    const TimeNs time_ns = row * 1'000'000;
    ASSERT_EQ(values.size(), 5U) << line;
    ASSERT_EQ(values[2], static_cast<double>(bench.nearest_reading(time_ns))) << line;
    ASSERT_EQ(values[4], bench.level(time_ns) ? 1.0 : 0.0) << line;
  }
  EXPECT_FALSE(std::getline(csv, line));
}

}  // namespace
}  // namespace joulemark
