// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/build_report.h>
#include <analysis/energy/cut_short.h>

#include <tests/support/waveform.h>

#include <gmock/gmock.h>

#include <string>

namespace joulemark {
namespace {

using testing::HasSubstr;

constexpr TimeNs k_ms = 1'000'000;

std::vector<TimeNs> alike(int count, TimeNs length_ns, TimeNs spread_ns) {
  std::vector<TimeNs> lengths;
  for (int i = 0; i < count; ++i)
    lengths.push_back(length_ns + spread_ns * i / count);
  return lengths;
}

std::vector<TimeNs> with(std::vector<TimeNs> lengths, const std::vector<TimeNs>& more) {
  lengths.insert(lengths.end(), more.begin(), more.end());
  return lengths;
}

TEST(CutShort, IsWhatEndsFarBeforeAllOthers) {
  const auto one = find_cut_short(with(alike(9, 85 * k_ms, k_ms), {40 * k_ms}));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->count, 1);
  EXPECT_EQ(one->longest_ns, 40 * k_ms);
  EXPECT_EQ(one->shortest_ns, 85 * k_ms);
  EXPECT_TRUE(find_cut_short(with(alike(9, 85 * k_ms, 0), {70 * k_ms})));  // near its end
  const auto two = find_cut_short(with(alike(30, 85 * k_ms, k_ms), {40 * k_ms, 71 * k_ms}));
  ASSERT_TRUE(two);
  EXPECT_EQ(two->count, 2);
  EXPECT_TRUE(find_cut_short(with(alike(30, 85 * k_ms, k_ms), {40 * k_ms, 500 * k_ms})));  // a slow one, too
}

TEST(CutShort, IsNothingThatHonestWorkShows) {
  EXPECT_FALSE(find_cut_short({}));
  EXPECT_FALSE(find_cut_short(alike(100, 85 * k_ms, 8 * k_ms)));
  EXPECT_FALSE(find_cut_short(with(alike(50, 85 * k_ms, k_ms), alike(50, 20 * k_ms, k_ms))));  // two ways
  EXPECT_FALSE(find_cut_short(with(alike(80, 85 * k_ms, k_ms), alike(20, 20 * k_ms, k_ms))));
  EXPECT_FALSE(find_cut_short(with(alike(40, 40 * k_ms, 60 * k_ms), {20 * k_ms})));  // by what comes in
  EXPECT_FALSE(find_cut_short(with(alike(40, 85 * k_ms, 5 * k_ms), {70 * k_ms})));  // little more than spread
  EXPECT_FALSE(find_cut_short(with(alike(4, 85 * k_ms, 0), {40 * k_ms})));          // too few to say
  EXPECT_FALSE(find_cut_short(with(alike(40, 7 * k_ms, 0), {6 * k_ms}), k_ms));     // on a grid of 1 ms
  EXPECT_TRUE(find_cut_short(with(alike(40, 7 * k_ms, 0), {4 * k_ms}), k_ms));
}

// A target that is reset in the middle of the fourth inference: the line falls, the next ones are whole.
TEST(CutShort, IsFoundInTheReportAndLeftInTheFigures) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.rate_hz = 1000, .duration_s = 2, .aperture_s = 1e-3});
  for (int i = 0; i < 10; ++i)
    test::mark(capture, 0, 0.1 + 0.15 * i, 0.1 + 0.15 * i + (i == 3 ? 0.05 : 0.1));
  ReportOptions options;
  options.events = {"inference=d0"};
  const auto analysis = build_report(capture, options);
  ASSERT_TRUE(analysis);
  std::string said;
  for (const Finding& finding : analysis->report.findings) {
    if (finding.code == "cut_short") said = finding.message;
  }
  EXPECT_THAT(said, HasSubstr("one window is at most 50"));
  EXPECT_THAT(said, HasSubstr("0.550000 s"));
  EXPECT_EQ(analysis->report.events[0].latency_s.n, 10);
}

TEST(CutShort, IsNotSaidOfWindowsThatAPersonDrew) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.rate_hz = 1000, .duration_s = 2, .aperture_s = 1e-3});
  ReportOptions options;
  for (int i = 0; i < 10; ++i)
    options.windows.push_back({"mine", {i * 150 * k_ms, i * 150 * k_ms + (i == 3 ? 50 : 100) * k_ms}});
  const auto analysis = build_report(capture, options);
  ASSERT_TRUE(analysis);
  for (const Finding& finding : analysis->report.findings)
    EXPECT_NE(finding.code, "cut_short");
}

}  // namespace
}  // namespace joulemark
