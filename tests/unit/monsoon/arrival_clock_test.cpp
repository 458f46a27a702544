// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/arrival_clock.h>

#include <tests/unit/monsoon/arrivals.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace joulemark::monsoon {
namespace {

using test::Arrivals;

constexpr unsigned k_seeds = 40;

struct Host {
  std::string name;
  std::function<double(double due_s)> is_free_s;
  double worst_sigma_ppm = 5;
};

// While the host does not look, packets wait; afterwards it takes them faster than they come.
auto paused(double begin_s, double end_s) {
  return [=](double due_s) { return due_s >= begin_s && due_s < end_s ? end_s : due_s; };
}

double looks_every(double period_s, double due_s) {
  return std::ceil(due_s / period_s) * period_s;
}

// In a recording of 20 s. Apart from the first it is late for less than half of the time.
std::vector<Host> hosts() {
  const auto often = [](double due_s) {
    const double begin_s = 1.7 * std::floor(due_s / 1.7);
    return paused(begin_s + 0.4, begin_s + 1.0)(due_s);
  };
  const auto slower = [](double due_s) { return due_s > 10.5 ? due_s + 3e-3 : due_s; };
  const auto wavering = [](double due_s) {
    return due_s > 12 ? due_s + 0.02 + 0.01 * std::sin(7 * due_s) : due_s;
  };
  return {{"always punctual", [](double due_s) { return due_s; }},
          {"looks every 4 ms", [](double due_s) { return looks_every(4e-3, due_s); }, 30},
          {"starts late", paused(0, 0.4)},
          {"stops for the last 0.3 s", paused(19.7, 20.5)},
          {"is late from 12.5 s on", paused(12.5, 20.5)},
          {"is late until 7.5 s", paused(0, 7.5)},
          {"stops for 0.8 s", paused(6, 6.8)},
          {"stops every 1.7 s", often},
          {"is slower in the second half", slower},
          {"wavers in the last two fifths", wavering}};
}

ArrivalClock::Fit fit_of(const Arrivals& arrivals, unsigned seed) {
  ArrivalClock clock;
  arrivals.feed(clock, seed);
  const auto fit = clock.fit();
  EXPECT_TRUE(fit);
  return fit.value_or(ArrivalClock::Fit{});
}

TEST(ArrivalClock, FindsTheDriftWithinItsUncertaintyHoweverTheHostIsLate) {
  for (const Host& host : hosts()) {
    SCOPED_TRACE("the host " + host.name);
    int beyond_one = 0;
    int beyond_two = 0;
    for (unsigned seed = 0; seed < k_seeds; ++seed) {
      const double ppm = std::vector{-1000.0, -30.0, 0.0, 70.0, 1000.0}[seed % 5];
      const auto fit = fit_of({.drift_ppm = ppm, .host_is_free_s = host.is_free_s}, seed);
      const double off_ppm = std::abs(fit.drift_ppm - ppm);
      beyond_one += off_ppm > fit.sigma_ppm;
      beyond_two += off_ppm > 2 * fit.sigma_ppm;
      EXPECT_LT(off_ppm, 4 * fit.sigma_ppm) << ppm;
      EXPECT_LT(fit.sigma_ppm, host.worst_sigma_ppm) << ppm;
    }
    EXPECT_LE(beyond_one, k_seeds * 0.32);
    EXPECT_LE(beyond_two, k_seeds * 0.05);
  }
}

TEST(ArrivalClock, OfABusyHostTheDriftIsRightOrSaidToBeUnknown) {
  unsigned known = 0;
  for (const double mean_pause_s : {0.02, 0.05, 0.1, 0.3, 1.0}) {
    for (unsigned seed = 0; seed < k_seeds; ++seed) {
      std::mt19937 random(seed + 1000);
      std::exponential_distribution<double> length(1 / mean_pause_s);
      std::vector<std::pair<double, double>> pauses;  // as often as not, on average
      for (double at_s = 0; at_s < 10; at_s = pauses.back().second) {
        const double begin_s = at_s + length(random);
        pauses.emplace_back(begin_s, begin_s + length(random));
      }
      const auto free_s = [&](double due_s) {
        const auto next = std::ranges::upper_bound(pauses, due_s, {}, &std::pair<double, double>::second);
        return next != pauses.end() && next->first <= due_s ? next->second : due_s;
      };
      ArrivalClock clock;
      Arrivals{.drift_ppm = 100, .seconds = 10, .host_is_free_s = free_s, .handling_s = 4e-4}.feed(clock,
                                                                                                   seed);
      const auto fit = clock.fit();
      known += fit && fit->useful();
      if (!fit || !fit->useful()) continue;
      EXPECT_LT(std::abs(fit->drift_ppm - 100), 3 * fit->sigma_ppm) << mean_pause_s << ' ' << seed;
    }
  }
  EXPECT_GT(known, k_seeds);
}

TEST(ArrivalClock, SaysThatTheDriftIsUnknownWhereNearlyAllArrivalsAreLate) {
  for (unsigned seed = 0; seed < k_seeds; ++seed) {
    std::mt19937 random(seed + 2000);
    std::vector<double> late_s(12);  // of every half second
    for (double& each : late_s)
      each = std::uniform_real_distribution<double>(0, 0.1)(random);
    const auto erratic = [&](double due_s) {
      return due_s + late_s[static_cast<std::size_t>(due_s / 0.5) % 12];
    };
    EXPECT_FALSE(fit_of({.seconds = 6, .host_is_free_s = erratic}, seed).useful()) << seed;
  }
}

TEST(ArrivalClock, GetsBetterWithTime) {
  std::vector<double> sigma_ppm;
  for (const double seconds : {20.0, 300.0}) {
    const auto fit = fit_of({.drift_ppm = 60, .seconds = seconds, .usual_delay_s = 2e-3}, 7);
    EXPECT_NEAR(fit.drift_ppm, 60, 2 * fit.sigma_ppm);
    EXPECT_NEAR(fit.span_s, seconds, 0.02 * seconds);
    sigma_ppm.push_back(fit.sigma_ppm);
  }
  EXPECT_LT(sigma_ppm[1], sigma_ppm[0] / 10);
}

TEST(ArrivalClock, RemembersADay) {
  const auto slow_night = [](double due_s) { return due_s > 40'000 && due_s < 70'000 ? due_s + 0.2 : due_s; };
  const auto fit =
      fit_of({.drift_ppm = 12, .seconds = 86400, .slots_each = 500, .host_is_free_s = slow_night}, 7);
  EXPECT_NEAR(fit.drift_ppm, 12, 0.01);
  EXPECT_NEAR(fit.span_s, 86400, 1400);
}

TEST(ArrivalClock, SaysNothingTooSoon) {
  ArrivalClock clock;
  EXPECT_FALSE(clock.fit());
  EXPECT_FALSE(clock.lateness_s({}));
  Arrivals{.seconds = 4}.feed(clock, 1);
  EXPECT_FALSE(clock.fit());
}

TEST(ArrivalClock, KnowsHowLateAnArrivalWas) {
  ArrivalClock clock;
  Arrivals{.drift_ppm = 500, .seconds = 30, .host_is_free_s = paused(20, 20.5)}.feed(clock, 3);
  const auto told_s = [&](double late_s) {
    const double due_s = 20.1;
    return clock
        .lateness_s({from_seconds(due_s * (1 + 500e-6)), Arrivals::k_begin_ns + from_seconds(due_s + late_s)})
        .value();
  };
  EXPECT_NEAR(told_s(0), 0, 1e-4);
  EXPECT_NEAR(told_s(0.4), 0.4, 1e-4);
}

}  // namespace
}  // namespace joulemark::monsoon
