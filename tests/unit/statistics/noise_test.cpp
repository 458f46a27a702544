// SPDX-License-Identifier: Apache-2.0
#include <analysis/statistics/noise.h>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace joulemark {
namespace {

// Of a signal with noise of deviation 1, in steps of lsb (0: none).
double deviation_of(const std::function<double(int)>& signal, double lsb, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise;
  std::vector<double> run;
  for (int i = 0; i < 4000; ++i) {
    const double value = signal(i) + noise(random);
    run.push_back(lsb > 0 ? lsb * std::nearbyint(value / lsb) : value);
  }
  std::vector<double> differences;
  append_second_differences(run, differences);
  return noise_deviation(differences).value();
}

TEST(NoiseDeviation, FindsTheNoiseOnARampWithSteps) {
  const auto ramp_with_steps = [](int i) { return 0.3 * i + (i / 40 % 2 == 0 ? 0.0 : 1000.0); };
  for (std::uint32_t seed = 0; seed < 20; ++seed)
    EXPECT_NEAR(deviation_of(ramp_with_steps, 0, seed), 1, 0.06);
}

// Steps as coarse as the noise add the variance of their own rounding, a twelfth of a step squared.
TEST(NoiseDeviation, IncludesTheRoundingOfCoarseSteps) {
  const auto flat = [](int) { return 0.3; };
  for (const double lsb : {0.5, 1.0, 1.5})
    EXPECT_NEAR(deviation_of(flat, lsb, 7), std::sqrt(1 + lsb * lsb / 12), 0.06) << lsb;
}

TEST(NoiseDeviation, IsZeroWhereSamplesStandStill) {
  std::vector<double> differences(100, 0.0);
  differences[17] = 5;
  EXPECT_EQ(noise_deviation(differences), 0);
}

TEST(NoiseDeviation, ClaimsNothingOfFewSamples) {
  EXPECT_FALSE(noise_deviation(std::vector<double>(29, 1.0)).has_value());
}

TEST(SecondDifferences, AreThoseOfEachRunAlone) {
  std::vector<double> differences;
  append_second_differences(std::vector<double>{1, 2, 4, 7}, differences);
  append_second_differences(std::vector<double>{100, 200}, differences);
  EXPECT_EQ(differences, (std::vector<double>{1, 1}));
}

}  // namespace
}  // namespace joulemark
