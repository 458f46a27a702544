// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/converter.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace joulemark::sim {
namespace {

TEST(Noise, IsStandardNormal) {
  std::vector<float> deviates(1'000'000);
  Noise(5, 2).fill(0, deviates);
  const auto n = static_cast<double>(deviates.size());
  double mean = 0;
  double square = 0;
  double neighbours = 0;
  double within_one = 0;
  double beyond_three = 0;
  for (std::size_t i = 0; i < deviates.size(); ++i) {
    const auto x = static_cast<double>(deviates[i]);
    mean += x / n;
    square += x * x / n;
    if (i > 0) neighbours += x * static_cast<double>(deviates[i - 1]) / n;
    within_one += std::abs(x) < 1 ? 1 / n : 0;
    beyond_three += std::abs(x) > 3 ? 1 / n : 0;
  }
  // Five standard errors of each.
  EXPECT_NEAR(mean, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(square, 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(neighbours, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(within_one, 0.682689, 5 * 0.4655 / std::sqrt(n));
  EXPECT_NEAR(beyond_three, 0.0026998, 5 * 0.0519 / std::sqrt(n));
}

TEST(Noise, IsTheSameInWhateverPortionsItIsAskedFor) {
  std::vector<float> whole(101);
  std::vector<float> parts(101);
  const Noise noise(5, 2);
  noise.fill(1000, whole);
  const std::span<float> span(parts);
  noise.fill(1000, span.first(33));
  noise.fill(1033, span.subspan(33, 1));
  noise.fill(1034, span.subspan(34));
  EXPECT_EQ(whole, parts);
}

struct Converted {
  std::vector<float> values;
  std::vector<std::uint8_t> clipped;
};

Converted convert(const std::vector<double>& mean_a, const ConverterSettings& settings) {
  Converted result{std::vector<float>(mean_a.size()), std::vector<std::uint8_t>(mean_a.size())};
  CurrentConverter(1, settings).convert(0, mean_a, result.values, result.clipped);
  return result;
}

TEST(CurrentConverter, StepsBy50NanoampsBelowOneMilliampAndBy2MicroampsAbove) {
  const std::vector<double> mean_a{15.02e-6, 900.024e-6, 8.0011e-3, 29.9991e-3};
  const auto [values, clipped] = convert(mean_a, {0, true, 1});
  const double step = k_current_step_a;
  EXPECT_NEAR(static_cast<double>(values[0]) * step, 15.00e-6, 1e-15);
  EXPECT_NEAR(static_cast<double>(values[1]) * step, 900.0e-6, 1e-15);
  EXPECT_NEAR(static_cast<double>(values[2]) * step, 8.002e-3, 1e-15);
  EXPECT_NEAR(static_cast<double>(values[3]) * step, 30.000e-3, 1e-15);
  EXPECT_EQ(std::ranges::count(clipped, 0), 4);
}

TEST(CurrentConverter, SaysWhenItClips) {
  const auto [values, clipped] = convert({5e-3, 25e-3, 5e-3}, {0, true, 20e-3});
  EXPECT_EQ(clipped, (std::vector<std::uint8_t>{0, 1, 0}));
  EXPECT_NEAR(static_cast<double>(values[1]) * k_current_step_a, 20e-3, 1e-12);
}

TEST(CurrentConverter, WithoutQuantizationGivesTheTrueMeans) {
  const std::vector<double> mean_a{15.0234e-6, 8.00112345e-3};
  const auto converted = convert(mean_a, {0, false, 1});
  for (std::size_t i = 0; i < mean_a.size(); ++i)
    EXPECT_NEAR(static_cast<double>(converted.values[i]) * k_current_step_a / mean_a[i], 1, 1e-7);
}

}  // namespace
}  // namespace joulemark::sim
