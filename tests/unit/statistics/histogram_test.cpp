// SPDX-License-Identifier: Apache-2.0
#include <analysis/statistics/histogram.h>

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace joulemark {
namespace {

std::int64_t total(const Histogram& h) {
  return std::accumulate(h.counts.begin(), h.counts.end(), h.below + h.above);
}

TEST(Histogram, CountsEveryValueOnce) {
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<double>((i * 37) % 1000);  // 0 to 999, each once
  const Histogram h = histogram(values, 200);
  EXPECT_EQ(total(h), 1000);
  EXPECT_EQ(h.below + h.above, 0);
  // Freedman and Diaconis: the quartiles are 250 and 749, so 2 x 499 / 10 = 99.8 wide at most: 11 bins.
  ASSERT_EQ(h.counts.size(), 11U);
  EXPECT_NEAR(h.width, 999.0 / 11, 1e-9);
  for (const std::int64_t count : h.counts)
    EXPECT_NEAR(static_cast<double>(count), 1000.0 / 11, 1);
}

TEST(Histogram, CutsOffWhatLiesFarFromTheRest) {
  std::vector<double> values{10, 11, 12, 13, 14, 15, 16, 17, 1e6, -1e6};
  const Histogram h = histogram(values, 50);
  EXPECT_EQ(h.below, 1);
  EXPECT_EQ(h.above, 1);
  EXPECT_EQ(total(h), 10);
}

TEST(Histogram, PutsEqualValuesIntoOneBin) {
  const Histogram h = histogram(std::vector<double>(5, 2.5), 50);
  EXPECT_EQ(h.counts, std::vector<std::int64_t>{5});
  EXPECT_EQ(h.low, 2.5);
}

TEST(Histogram, OfNothingHasNoBins) {
  EXPECT_TRUE(histogram({}, 50).counts.empty());
}

TEST(Histogram, NeverHasMoreBinsThanAsked) {
  std::vector<double> values(100, 1.0);
  for (int i = 0; i < 60; ++i)
    values.push_back(1 + i * 1e-3);
  values.push_back(500);
  EXPECT_LE(histogram(values, 40).counts.size(), 40U);
}

}  // namespace
}  // namespace joulemark
