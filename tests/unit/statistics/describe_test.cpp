// SPDX-License-Identifier: Apache-2.0
#include <analysis/statistics/describe.h>
#include <analysis/statistics/student.h>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace joulemark {
namespace {

// The usual printed tables (two-sided 95 %).
TEST(Student, AgreesWithPublishedTables) {
  EXPECT_NEAR(student_t95(1), 12.706, 5e-4);
  EXPECT_NEAR(student_t95(2), 4.303, 5e-4);
  EXPECT_NEAR(student_t95(5), 2.571, 5e-4);
  EXPECT_NEAR(student_t95(9), 2.262, 5e-4);
  EXPECT_NEAR(student_t95(30), 2.042, 5e-4);
  EXPECT_NEAR(student_t95(120), 1.980, 5e-4);
}

// Mean 5, s^2 = 10 / 4, t(4) = 2.776, half-width 2.776 sqrt(2.5 / 5).
TEST(Describe, DoesASampleThatCanBeDoneByHand) {
  const std::vector<double> values{3, 5, 4, 7, 6};
  const Stats stats = describe(values);
  EXPECT_DOUBLE_EQ(*stats.mean, 5);
  EXPECT_DOUBLE_EQ(*stats.median, 5);
  EXPECT_NEAR(*stats.stddev, std::sqrt(2.5), 1e-15);
  EXPECT_DOUBLE_EQ(*stats.min, 3);
  EXPECT_DOUBLE_EQ(*stats.max, 7);
  EXPECT_NEAR(*stats.p05, 3.2, 1e-12);
  EXPECT_NEAR(*stats.p95, 6.8, 1e-12);
  EXPECT_NEAR(stats.ci95->low, 5 - 2.7764 * std::sqrt(0.5), 1e-4);
  EXPECT_NEAR(stats.ci95->high, 5 + 2.7764 * std::sqrt(0.5), 1e-4);
  EXPECT_FALSE(stats.measurement_ci95.has_value());
  EXPECT_EQ(stats.n, 5);
}

TEST(Describe, ClaimsNothingOfNoneAndNoSpreadOfOne) {
  EXPECT_EQ(describe({}), Stats{});
  const std::vector<double> one{4};
  const Stats stats = describe(one);
  EXPECT_EQ(stats.mean, 4);
  EXPECT_EQ(stats.p95, 4);
  EXPECT_FALSE(stats.stddev.has_value());
  EXPECT_FALSE(stats.ci95.has_value());
}

TEST(Describe, KeepsASmallSpreadOnALargeMean) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(1e6 + (i % 2 == 0 ? 1e-6 : -1e-6));
  EXPECT_NEAR(*describe(values).stddev, 1e-6 * std::sqrt(1000.0 / 999), 1e-10);
}

// How often the interval holds the true mean, which is 0.
double coverage(int trials, std::size_t n, const std::function<double(std::mt19937&, std::size_t)>& draw) {
  std::mt19937 random(11);
  int covered = 0;
  std::vector<double> values(n);
  for (int trial = 0; trial < trials; ++trial) {
    for (std::size_t i = 0; i < n; ++i)
      values[i] = draw(random, i);
    const Interval interval = *mean_interval(values);
    covered += interval.low <= 0 && interval.high >= 0 ? 1 : 0;
  }
  return covered / static_cast<double>(trials);
}

TEST(MeanInterval, CoversTheMeanOfIndependentValuesNineteenTimesInTwenty) {
  std::normal_distribution<double> normal;
  const auto draw = [&](std::mt19937& random, std::size_t) { return normal(random); };
  EXPECT_NEAR(coverage(2000, 5, draw), 0.95, 0.02);
  EXPECT_NEAR(coverage(2000, 300, draw), 0.95, 0.02);
}

// Autoregressions with neighbours correlated by rho, each begun in its stationary state. Plain t would cover
// 2 Phi(1.96 sqrt((1 - rho) / (1 + rho))) - 1: 85, 74, 49, 35 and 25 % of the times.
struct Autoregression {
  double rho;
  std::size_t n;
  double least;  // coverage
};

class Correlated : public ::testing::TestWithParam<Autoregression> {};

TEST_P(Correlated, StaysHonest) {
  const auto [rho, n, least] = GetParam();
  std::normal_distribution<double> normal;
  double state = 0;
  const auto draw = [&, rho = rho](std::mt19937& random, std::size_t i) {
    state = i == 0 ? normal(random) / std::sqrt(1 - rho * rho) : rho * state + normal(random);
    return state;
  };
  const double covered = coverage(1000, n, draw);
  EXPECT_GT(covered, least);
  EXPECT_LT(covered, 0.985);
}

INSTANTIATE_TEST_SUITE_P(MeanInterval, Correlated,
                         ::testing::Values(Autoregression{0.3, 100, 0.92}, Autoregression{0.3, 1000, 0.94},
                                           Autoregression{0.5, 100, 0.93}, Autoregression{0.5, 400, 0.93},
                                           Autoregression{0.8, 100, 0.91}, Autoregression{0.8, 400, 0.93},
                                           Autoregression{0.9, 100, 0.87}, Autoregression{0.9, 400, 0.91},
                                           Autoregression{0.95, 400, 0.90},
                                           Autoregression{0.95, 2000, 0.92}));

TEST(MeanInterval, SeesADrift) {
  std::vector<double> values;
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 100; ++i)
    values.push_back(normal(random) + i * 0.03);
  EXPECT_TRUE(correlate_or_drift(values));
}

TEST(MeanAboveZero, IsSaidOfNoiseInOneOfThreeThousandCasesWhateverTheirNumber) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise;
  constexpr int k_trials = 30000;
  for (const std::size_t n : {2U, 3U, 8U, 30U}) {
    int said = 0;
    for (int trial = 0; trial < k_trials; ++trial) {
      std::vector<double> values(n);
      for (double& value : values)
        value = noise(random);
      said += mean_above_zero(values) ? 1 : 0;
    }
    EXPECT_LE(said, 25) << n;  // 10 by the quantile
    EXPECT_GE(said, n < 3 ? 0 : 1) << n;
  }
  EXPECT_TRUE(mean_above_zero(std::vector<double>{1.0, 1.01, 0.99, 1.02}));
  EXPECT_FALSE(mean_above_zero(std::vector<double>{-1.0, -1.01, -0.99, -1.02}));
}

// Shots in equal blocks of time at random moments: the ratio is cost per shot.
TEST(RatioInterval, CoversTheRatioWhenCountsAreRandom) {
  std::mt19937 random(5);
  std::poisson_distribution<int> count(10);
  std::normal_distribution<double> noise(0, 0.3);
  int covered = 0;
  constexpr int k_trials = 1000;
  for (int trial = 0; trial < k_trials; ++trial) {
    std::vector<double> x;
    std::vector<double> y;
    for (int block = 0; block < 20; ++block) {
      x.push_back(count(random));
      y.push_back(5 + 2 * x.back() + noise(random));  // standing cost and cost per shot
    }
    const Interval interval = *ratio_interval(y, x);
    covered += interval.low <= 2.5 && interval.high >= 2.5 ? 1 : 0;
  }
  EXPECT_NEAR(covered / static_cast<double>(k_trials), 0.95, 0.025);
}

TEST(RatioInterval, ClaimsNothingOfOneBlockOrNoCount) {
  const std::vector<double> one{1};
  const std::vector<double> zeros{0, 0};
  EXPECT_FALSE(ratio_interval(one, one).has_value());
  EXPECT_FALSE(ratio_interval(zeros, zeros).has_value());
}

}  // namespace
}  // namespace joulemark
