// SPDX-License-Identifier: Apache-2.0
// What a capacitor takes at an event's begin and gives back after its end, and what else goes on beside it.
#include <tests/unit/energy/decoupled_bench.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <tuple>

namespace joulemark {
namespace {

using test::DecoupledBench;
using test::has;
using test::Load;

constexpr double k_rate_hz = 20e3;
constexpr double k_active_a = 10e-3;

struct Case {
  double length_s;
  double tau_s;
  double gap_s;
  int events;
};

class Tails : public testing::TestWithParam<Case> {
 protected:
  Report report(std::optional<TimeNs> guard_ns = std::nullopt) {
    const Case& c = GetParam();
    const double period_s = c.length_s + c.gap_s;
    DecoupledBench bench(c.gap_s + c.events * period_s, k_rate_hz);
    for (int i = 0; i < c.events; ++i) {
      const double begin_s = c.gap_s + i * period_s;
      bench.add(0, {begin_s, begin_s + c.length_s, k_active_a, c.tau_s});
    }
    return bench.report({"inference=d0"}, guard_ns);
  }
  // What the event's energy lacks of what its target drew.
  static double lacking(const EventReport& event) {
    return 1 - *event.energy_j.mean / test::energy_j({0, GetParam().length_s, k_active_a, 0});
  }
};

TEST_P(Tails, AreKeptOutOfIdleHoweverLong) {
  const Report told = report();
  EXPECT_NEAR(*told.idle.current_a.mean / test::k_bench_idle_a, 1, 0.01);
  EXPECT_FALSE(has(told, "idle_unsettled"));
}

TEST_P(Tails, AreInTheAdequacyWhereTheEnergyLacksThem) {
  const EventReport event = report().events.at(0);
  EXPECT_LE(std::abs(lacking(event)), 1.1 * *event.adequacy.bound_rel + 1e-4);
  if (event.method == Method::excess) {
    EXPECT_LT(std::abs(lacking(event)), 2e-3);
  }
}

TEST_P(Tails, OfMoreThanAPercentAreToldWhereAnIntegralLacksThem) {
  const Report told = report();
  const EventReport& event = told.events.at(0);
  if (event.method == Method::integral) {
    EXPECT_EQ(has(told, "smeared"), lacking(event) > 0.01) << lacking(event);
  }
  EXPECT_FALSE(has(told, "active_outside_marker"));
}

TEST_P(Tails, LeaveAGuardThatWasGiven) {
  EXPECT_EQ(report(3'000'000).events.at(0).guard_s, 3e-3);
}

// Lengths of 2 ms are 40 samples, and measured by excess; the others by integral.
INSTANTIATE_TEST_SUITE_P(TimeConstants, Tails,
                         testing::Values(Case{2e-3, 50e-6, 0.1, 20}, Case{2e-3, 1e-3, 0.1, 20},
                                         Case{2e-3, 4e-3, 0.3, 12}, Case{0.05, 1e-3, 0.2, 12},
                                         Case{0.05, 10e-3, 0.5, 8}, Case{0.2, 1e-3, 0.3, 8}));

// Something without a rule follows each event, every other time for three times as long: whatever its length,
// it is no tail, and the event stays as it is.
class OtherWork : public testing::TestWithParam<std::tuple<double, bool>> {};

TEST_P(OtherWork, BesideAnEventIsLeftWhereItIs) {
  const auto [busy_s, more] = GetParam();
  const Load event{0, 0.02, 8e-3, 1e-9};
  DecoupledBench bench(6.1, k_rate_hz);
  for (int i = 1; i < 12; ++i) {
    const double end_s = 0.5 * i + event.end_s;
    bench.add(0, {0.5 * i, end_s, event.current_a, event.tau_s});
    bench.add_unmarked({end_s, end_s + (more && i % 2 != 0 ? 3 * busy_s : busy_s), 5e-3, 1e-9});
  }
  const Report report = bench.report({"inference=d0"});
  EXPECT_NEAR(*report.events.at(0).energy_j.mean / test::energy_j(event), 1, 1e-3);
  EXPECT_LE(*report.events.at(0).adequacy.bound_rel, 0.01);
  EXPECT_FALSE(has(report, "smeared"));
}

INSTANTIATE_TEST_SUITE_P(Lengths, OtherWork,
                         testing::Combine(testing::Values(1e-3, 1.7e-3, 3e-3, 7e-3, 12.5e-3, 20e-3, 25.6e-3),
                                          testing::Bool()));

}  // namespace
}  // namespace joulemark
