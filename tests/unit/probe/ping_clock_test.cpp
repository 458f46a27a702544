// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/conversation.h>
#include <drivers/probe/ping_clock.h>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace joulemark::probe {
namespace {

// A clock that runs fast by so much, heard with delays that are mostly short and sometimes long.
PingClock paired(double ppm, double seconds, unsigned seed) {
  PingClock clock;
  std::mt19937 random(seed);
  std::exponential_distribution<double> delay(1 / 0.5e-3);
  std::uniform_real_distribution<double> share(0, 1);
  for (double at_s = 0; at_s < seconds; at_s += 1) {
    const double delay_s = 0.3e-3 + delay(random);
    const double error_s = (share(random) - 0.5) * delay_s;  // how unevenly the two ways share it
    clock.observe(
        {from_seconds(at_s * (1 + ppm * 1e-6)), from_seconds(at_s + error_s), from_seconds(delay_s / 2)});
  }
  return clock;
}

TEST(PingClock, FindsTheDriftWithinWhatItStates) {
  for (const double ppm : {-5000.0, -40.0, 0.0, 40.0, 5000.0}) {
    int outside = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
      const auto fit = paired(ppm, 60, seed).fit();
      ASSERT_TRUE(fit);
      outside += std::abs(fit->drift_ppm - ppm) > 2 * fit->sigma_ppm;
      EXPECT_LT(fit->sigma_ppm, 10);
    }
    EXPECT_LE(outside, 20) << ppm;  // 95 % lie within two standard errors; 10 % of 200 for chance
  }
}

TEST(PingClock, SaysNothingTooSoon) {
  EXPECT_FALSE(paired(0, 3, 1).fit());
  EXPECT_FALSE(PingClock().fit());
}

// Ticks of 1 us.
TEST(Pairing, IsTheMiddleOfTheWayWithinHalfOfIt) {
  probe::Setup setup;
  setup.hello.facts.tick_hz = 1'000'000;
  const auto pairing =
      pairing_of(setup, {.received = 5000, .replied = 5400, .sent_ns = 0, .arrived_ns = 1'000'000});
  ASSERT_TRUE(pairing);
  EXPECT_EQ(pairing->probe_ns, 5'200'000);
  EXPECT_EQ(pairing->steady_ns, 500'000);
  EXPECT_EQ(pairing->uncertainty_ns, 300'000);
}

TEST(Pairing, IsNoneWhenThePingStayedLongerThanItWasUnderWay) {
  probe::Setup setup;
  setup.hello.facts.tick_hz = 1'000'000;
  EXPECT_FALSE(pairing_of(setup, {.received = 5000, .replied = 6100, .sent_ns = 0, .arrived_ns = 1'000'000}));
  EXPECT_FALSE(pairing_of(setup, {.received = 5000, .replied = 4900, .sent_ns = 0, .arrived_ns = 1'000'000}));
}

TEST(PingClock, RemembersADayInConstantSpace) {
  const auto fit = paired(12, 86400, 7).fit();
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->drift_ppm, 12, 0.05);
  EXPECT_NEAR(fit->span_s, 86400, 600);
}

}  // namespace
}  // namespace joulemark::probe
