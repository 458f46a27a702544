// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/chip/conversion_clock.h>
#include <drivers/ina219/chip/registers.h>
#include <drivers/ina219/iio_chip.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace joulemark::ina219 {
namespace {

constexpr double k_low = 468'000;
constexpr double k_high = 628'000;
constexpr TimeNs k_start = 77'000'000'000'000;

struct Polled {
  std::int64_t number = 0;  // of the conversion whose value was read
  double true_end_ns = 0;
  ConversionBounds bounds;
};

// A converter with that period, asked over and over; each question takes 80 to 200 us, and now and then the
// host is away for a while.
std::vector<Polled> poll(double period_ns, int conversions, double away_probability = 0, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> cost_ns(80'000, 200'000);
  std::uniform_real_distribution<double> away_ns(1e6, 8e6);
  std::bernoulli_distribution is_away(away_probability);
  std::vector<Polled> all;
  double now_ns = 0;
  double after_ns = 0;
  std::int64_t taken = 0;  // conversions that had ended when the flag was cleared
  while (static_cast<int>(all.size()) < conversions) {
    if (is_away(random)) now_ns += away_ns(random);
    const double asked_ns = now_ns;
    const double sampled_ns = asked_ns + cost_ns(random) / 2;
    now_ns = sampled_ns + cost_ns(random) / 2;
    if (std::floor(sampled_ns / period_ns) <= static_cast<double>(taken)) {
      after_ns = asked_ns;
      continue;
    }
    Polled polled;
    polled.bounds = {k_start + std::llround(after_ns), k_start + std::llround(now_ns),
                     k_start + std::llround(now_ns)};
    polled.number = static_cast<std::int64_t>(std::floor(now_ns / period_ns));
    polled.true_end_ns = static_cast<double>(polled.number) * period_ns;
    taken = polled.number;
    after_ns = now_ns;
    now_ns += cost_ns(random);
    taken = static_cast<std::int64_t>(std::floor(now_ns / period_ns));
    all.push_back(polled);
  }
  return all;
}

// As Linux's ina2xx-adc does it: it sleeps 200 us less than a period, or up to half as long again, then asks
// until a conversion is ready, stamps the record, and reads it.
std::vector<Polled> read_by_the_kernel(double nominal_ns, double period_ns, int conversions) {
  constexpr double k_transfer_ns = 60'000;
  std::mt19937 random(7);
  std::uniform_real_distribution<double> longer(1, 1.5);
  std::vector<Polled> all;
  double now_ns = 0;
  double next_ns = 0;
  double taken = 0;
  while (static_cast<int>(all.size()) < conversions) {
    for (now_ns += k_transfer_ns; std::floor(now_ns / period_ns) <= taken; now_ns += k_transfer_ns)
      next_ns = now_ns;
    Polled polled;
    polled.number = static_cast<std::int64_t>(std::floor(now_ns / period_ns));
    polled.true_end_ns = static_cast<double>(polled.number) * period_ns;
    const TimeNs stamp_ns = k_start + std::llround(now_ns);
    polled.bounds = {stamp_ns - latest_stamp_ns(nominal_ns * 1e-9), stamp_ns, stamp_ns};
    all.push_back(polled);
    now_ns += 3 * k_transfer_ns;
    taken = std::floor(now_ns / period_ns);
    do {
      next_ns += nominal_ns - 200'000;
    } while (next_ns <= now_ns);
    now_ns += (next_ns - now_ns) * longer(random);
  }
  return all;
}

TEST(ConversionClock, FindsTheConversionsBehindStampsOfTheKernelThatComeLate) {
  for (const double nominal_ns : {1'064'000.0, 8'520'000.0}) {
    const double period_ns = 1.045 * nominal_ns;
    ConversionClock clock(period_ns, 0.88 * nominal_ns, 1.18 * nominal_ns);
    std::int64_t number = 0;
    double latest_ns = 0;
    for (const Polled& polled : read_by_the_kernel(nominal_ns, period_ns, 3000)) {
      const ConversionClock::Step step = clock.observe(polled.bounds);
      number = number == 0 ? polled.number : number + step.conversions;
      ASSERT_EQ(number, polled.number);
      latest_ns =
          std::max(latest_ns, static_cast<double>(polled.bounds.before_ns - k_start) - polled.true_end_ns);
      if (number < 200) continue;
      ASSERT_NEAR(static_cast<double>(step.end_ns - k_start), polled.true_end_ns, 0.08 * nominal_ns);
    }
    EXPECT_GT(latest_ns, 0.11 * nominal_ns);
  }
}

TEST(ConversionClock, FindsThePeriodThatThisChipHas) {
  for (const double period_ns : {532'000.0, 586'000.0, 499'000.0}) {
    std::vector<ConversionBounds> bounds;
    for (const Polled& polled : poll(period_ns, 450))
      bounds.push_back(polled.bounds);
    const auto found_ns = estimate_period_ns(bounds, k_low, k_high);
    ASSERT_TRUE(found_ns);
    EXPECT_NEAR(*found_ns / period_ns, 1, 1e-3);
  }
}

TEST(ConversionClock, FindsItThoughTheHostIsOftenAway) {
  std::vector<ConversionBounds> bounds;
  for (const Polled& polled : poll(561'000, 450, 0.05))
    bounds.push_back(polled.bounds);
  const auto found_ns = estimate_period_ns(bounds, k_low, k_high);
  ASSERT_TRUE(found_ns);
  EXPECT_NEAR(*found_ns / 561'000, 1, 3e-3);
}

TEST(ConversionClock, FindsNoneWhereConversionsComeAtNoSuchRate) {
  std::vector<ConversionBounds> bounds;
  for (const Polled& polled : poll(300'000, 100))
    bounds.push_back(polled.bounds);
  EXPECT_FALSE(estimate_period_ns(bounds, k_low, k_high));
  EXPECT_FALSE(estimate_period_ns(std::span(bounds).first(2), k_low, k_high));
}

TEST(ConversionClock, StampsConversionsFarBetterThanAPollTakes) {
  ConversionClock clock(532'300, k_low, k_high);  // 0.06 % off, as after a quarter of a second
  double worst_us = 0;
  double sum_us = 0;
  const auto all = poll(532'000, 20'000);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto step = clock.observe(all[i].bounds);
    const double error_us = (static_cast<double>(step.end_ns - k_start) - all[i].true_end_ns) / 1e3;
    if (i < 1000) continue;
    worst_us = std::max(worst_us, std::abs(error_us));
    sum_us += error_us;
  }
  EXPECT_LT(worst_us, 25);
  EXPECT_LT(std::abs(sum_us / 19'000), 10);
  EXPECT_NEAR(clock.period_ns() / 532'000, 1, 2e-3);
}

// A converter that is started anew for every run, as after a measurement of the bus voltage, on a bus where a
// question takes a good part of a period: conversion k of a run ends k periods after its start. A question
// finds out what is true in its middle; taking the value takes two more.
void follow_slowly(ConversionClock& clock, double period_ns, double question_ns, double unsteady,
                   int per_run) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> longer(1, 1 + unsteady);
  double now_ns = static_cast<double>(k_start);
  for (int run = 0; run < 60; ++run) {
    const double begin_ns = now_ns;
    double after_ns = now_ns;
    double taken = 0;
    clock.restart();
    for (int k = 0; k < per_run;) {
      const double asked_ns = now_ns;
      const double took_ns = question_ns * longer(random);
      now_ns += took_ns;
      if (std::floor((asked_ns + took_ns / 2 - begin_ns) / period_ns) <= taken) {
        after_ns = asked_ns;
        continue;
      }
      const TimeNs read_ns = std::llround(now_ns);
      static_cast<void>(clock.observe({std::llround(after_ns), read_ns, read_ns}));
      after_ns = now_ns;
      now_ns += 2 * question_ns * longer(random);
      taken = std::floor((now_ns - begin_ns) / period_ns);
      ++k;
    }
  }
}

// What the clock concludes from bounds that are true may not take it away from the truth.
void expect_no_worse(double slowness, double question_ns, double unsteady, int per_run) {
  constexpr double k_typical_ns = 68.1e6;
  const double period_ns = slowness * k_typical_ns;
  for (const double wrong : {-0.02, -0.001, 0.0015, 0.02}) {
    ConversionClock clock((1 + wrong) * period_ns, k_shortest * k_typical_ns, k_longest * k_typical_ns);
    follow_slowly(clock, period_ns, question_ns, unsteady, per_run);
    EXPECT_LE(std::abs(clock.period_ns() / period_ns - 1), std::abs(wrong) + 1e-9)
        << slowness << " times typical, " << question_ns << " ns for a question, or " << unsteady
        << " more, in runs of " << per_run;
  }
}

TEST(ConversionClock, OnASlowBusNeverTakesThePeriodFurtherFromTheTruth) {
  for (const double slowness : {0.95, 1.0, 1.1}) {
    for (const double question_ns : {5.3e6, 9e6, 15e6, 20e6}) {
      for (const int per_run : {14, 60}) {
        expect_no_worse(slowness, question_ns, 0, per_run);
        expect_no_worse(slowness, question_ns, 0.3, per_run);
      }
    }
  }
}

TEST(ConversionClock, FindsThePeriodOnASlowBusThatGoesOnAndOn) {
  constexpr double k_typical_ns = 17.02e6;
  for (const double wrong : {-0.01, 0.01}) {
    const double period_ns = 1.07 * k_typical_ns;
    ConversionClock clock((1 + wrong) * period_ns, k_shortest * k_typical_ns, k_longest * k_typical_ns);
    std::mt19937 random(5);
    std::uniform_real_distribution<double> late_ns(0, 0.4 * period_ns);  // arrivals are late, never early
    for (int k = 1; k <= 2000; ++k) {
      const double read_ns = k * period_ns + late_ns(random);
      const TimeNs before_ns = k_start + std::llround(read_ns);
      static_cast<void>(clock.observe({before_ns - std::llround(0.4 * period_ns), before_ns, before_ns}));
    }
    EXPECT_NEAR(clock.period_ns() / period_ns, 1, 2e-4);
  }
}

TEST(ConversionClock, CountsExactlyWhatWasMissed) {
  const auto all = poll(586'000, 20'000, 0.01);
  ConversionClock clock(586'000, k_low, k_high);
  std::int64_t number = all.front().number;
  std::int64_t missed = 0;
  for (const Polled& polled : all) {
    const auto step = clock.observe(polled.bounds);
    ASSERT_EQ(step.verdict, ConversionClock::Verdict::conversion);
    number += step.conversions;
    missed += std::max<std::int64_t>(step.conversions - 1, 0);
    ASSERT_NEAR(static_cast<double>(number), static_cast<double>(polled.number), 1) << missed;
  }
  EXPECT_EQ(number, all.back().number);
  EXPECT_GT(missed, 1000);
}

TEST(ConversionClock, KnowsAConversionThatItHasSeen) {
  ConversionClock clock(1'000, 900, 1'100);
  EXPECT_EQ(clock.observe({0, 100, 100}).verdict, ConversionClock::Verdict::conversion);
  EXPECT_EQ(clock.observe({100, 300, 300}).verdict, ConversionClock::Verdict::stale);
  EXPECT_EQ(clock.observe({1'000, 1'100, 1'100}).conversions, 1);
}

TEST(ConversionClock, NoticesThatTheHostsClockWentBack) {
  ConversionClock clock(1'000, 900, 1'100);
  static_cast<void>(clock.observe({100'000, 100'100, 100'100}));
  EXPECT_EQ(clock.observe({50'000, 50'100, 50'100}).verdict, ConversionClock::Verdict::jumped);
}

TEST(ConversionClock, BeginsANewPhaseWhenTheConverterIsRestarted) {
  ConversionClock clock(1'000, 900, 1'100);
  static_cast<void>(clock.observe({0, 100, 100}));
  clock.restart();
  const auto step = clock.observe({2'340, 2'400, 2'400});
  EXPECT_EQ(step.conversions, 1);
  EXPECT_EQ(step.end_ns, 2'370);
}

TEST(ConversionClock, NeverLetsStampsFallHoweverOddTheBounds) {
  std::mt19937 random(3);
  std::uniform_int_distribution<TimeNs> any(0, 40'000'000);
  ConversionClock clock(532'000, k_low, k_high);
  TimeNs last_ns = -1;
  for (int i = 0; i < 100'000; ++i) {
    ConversionBounds bounds{any(random), any(random), any(random)};
    if (random() % 50 == 0) clock.restart();
    const auto step = clock.observe(bounds);
    if (step.verdict != ConversionClock::Verdict::conversion) continue;
    ASSERT_GT(step.end_ns, last_ns);
    last_ns = step.end_ns;
  }
}

}  // namespace
}  // namespace joulemark::ina219
