// SPDX-License-Identifier: Apache-2.0
// Guards that grow, where they must not: into other events, over what was lost, into another one's tail.
#include <tests/unit/energy/decoupled_bench.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace joulemark {
namespace {

using test::DecoupledBench;
using test::energy_j;
using test::Load;
using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr double k_rate_hz = 5e3;

// Of the event named so, the figure against the truth.
double error_of(const Report& report, const std::string& name, double true_j) {
  const auto event = std::ranges::find(report.events, name, &EventReport::name);
  if (event == report.events.end() || !event->energy_j.mean) return NAN;
  return *event->energy_j.mean / true_j - 1;
}

TEST(Guards, TakeInATailToItsEnd) {
  DecoupledBench bench(10, k_rate_hz);
  const Load load{0, 4e-3, 20e-3, 3e-3};
  for (int i = 0; i < 40; ++i)
    bench.add(0, {0.1 + 0.24 * i, 0.104 + 0.24 * i, load.current_a, load.tau_s});
  const Report report = bench.report({"inference=d0"});
  EXPECT_NEAR(error_of(report, "inference", energy_j(load)), 0, 2e-3);
  EXPECT_NEAR(*report.idle.current_a.mean / test::k_bench_idle_a, 1, 5e-3);
}

// One in ten of the others comes 20 ms after one with a tail.
TEST(Guards, LeaveOtherNamesAlone) {
  DecoupledBench bench(13, k_rate_hz);
  const Load large{0, 5e-3, 20e-3, 2e-3};
  const Load small{0, 4e-3, 3e-3, 50e-6};
  for (int i = 0; i < 48; ++i) {
    const double at_s = 0.1 + 0.25 * i;
    bench.add(0, {at_s, at_s + 5e-3, large.current_a, large.tau_s});
    if (i % 8 == 0) bench.add(1, {at_s + 0.021, at_s + 0.025, small.current_a, small.tau_s});
  }
  const Report report = bench.report({"large=d0", "small=d1"});
  ASSERT_EQ(report.events.size(), 2U);
  for (const EventReport& event : report.events) {
    EXPECT_EQ(event.method, Method::excess) << event.name;
    EXPECT_EQ(event.energy_left_out, 0) << event.name;
  }
  EXPECT_NEAR(error_of(report, "large", energy_j(large)), 0, 0.01);
  EXPECT_NEAR(error_of(report, "small", energy_j(small)), 0, 0.01);
}

// As by a change of the range, 12 ms after each event.
TEST(Guards, DoNotReachOverWhatIsLost) {
  DecoupledBench bench(10, k_rate_hz);
  const Load load{0, 4e-3, 20e-3, 4e-3};
  for (int i = 0; i < 40; ++i) {
    const double at_s = 0.1 + 0.24 * i;
    bench.add(0, {at_s, at_s + 4e-3, load.current_a, load.tau_s});
    bench.lose(at_s + 16e-3, 2);
  }
  const EventReport event = bench.report({"inference=d0"}).events.at(0);
  EXPECT_EQ(event.energy_left_out, 0);
  const double lacking = 1 - *event.energy_j.mean / energy_j(load);
  EXPECT_THAT(lacking, AllOf(Ge(0), Le(1.1 * *event.adequacy.bound_rel)));
}

// The target is awake before its marker: idle is not.
TEST(Guards, KeepIdleClearOfWhatGoesOnBesideEveryEvent) {
  DecoupledBench bench(10, k_rate_hz);
  for (int i = 0; i < 40; ++i) {
    const double at_s = 0.1 + 0.24 * i;
    bench.add_unmarked({at_s - 6e-3, at_s, 10e-3, 1e-6});
    bench.add(0, {at_s, at_s + 0.1, 10e-3, 1e-6});
  }
  const Report report = bench.report({"inference=d0"});
  EXPECT_NEAR(*report.idle.current_a.mean / test::k_bench_idle_a, 1, 5e-3);
  EXPECT_NEAR(error_of(report, "inference", energy_j({0, 0.1, 10e-3, 0})), 0, 2e-3);
  const auto told = std::ranges::find(report.findings, "active_outside_marker", &Finding::code);
  ASSERT_NE(told, report.findings.end());
  EXPECT_THAT(told->message, testing::HasSubstr("another 5.9 %"));  // 6 ms of 101
}

// A tail that fills the gap: nobody can say where it ends.
TEST(Guards, SayWhereATailIsNotOver) {
  DecoupledBench bench(4, k_rate_hz);
  const Load load{0, 5e-3, 20e-3, 8e-3};
  for (int i = 0; i < 80; ++i)
    bench.add(0, {0.1 + 0.043 * i, 0.105 + 0.043 * i, load.current_a, load.tau_s});
  const EventReport event = bench.report({"inference=d0"}).events.at(0);
  EXPECT_NE(event.adequacy.grade, Grade::good);
  EXPECT_LE(1 - *event.energy_j.mean / energy_j(load), *event.adequacy.bound_rel);
}

}  // namespace
}  // namespace joulemark
