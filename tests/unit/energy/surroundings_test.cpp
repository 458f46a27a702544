// SPDX-License-Identifier: Apache-2.0
// What a capacitor takes at an event's begin and gives back after its end, in closed form: a target of known
// energy behind an RC of known time constant, as the ammeter before it sees it.
#include <analysis/energy/build_report.h>

#include <tests/support/waveform.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace joulemark {
namespace {

constexpr double k_rate_hz = 20e3;
constexpr double k_volts = 3;
constexpr double k_idle_a = 20e-6;
constexpr double k_active_a = 10e-3;
constexpr double k_noise_a = 1e-6;
constexpr std::size_t k_block = 1024;

struct Case {
  double length_s;
  double tau_s;
  double gap_s;
  int events;
};

// What goes through the wire is the load through a low pass of tau: its integral, from 0 on.
double charge_until(double t_s, const Case& c) {
  double charge_c = k_idle_a * t_s;
  const double period_s = c.length_s + c.gap_s;
  for (int i = 0; i < c.events; ++i) {
    const double begin_s = c.gap_s + i * period_s;
    for (const auto& [edge_s, sign] : {std::pair{begin_s, 1.0}, {begin_s + c.length_s, -1.0}}) {
      const double since_s = t_s - edge_s;
      if (since_s > 0)
        charge_c += sign * (k_active_a - k_idle_a) * (since_s - c.tau_s * (1 - std::exp(-since_s / c.tau_s)));
    }
  }
  return charge_c;
}

class Surroundings : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    const Case& c = GetParam();
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "test.current";
    info.channels[0].rate_hz = k_rate_hz;
    info.channels[0].aperture_s = {1 / k_rate_hz, Provenance::specified};
    info.supply = {k_volts, VoltageBasis::setpoint};
    info.lines = {{LineId{0}, ""}};
    ASSERT_TRUE(capture_.begin(info));
    const double period_s = c.length_s + c.gap_s;
    const int count = static_cast<int>((c.gap_s + c.events * period_s) * k_rate_hz);
    std::vector<float> current;
    double before_c = 0;
    for (int i = 0; i < count; ++i) {
      const double now_c = charge_until((i + 1) / k_rate_hz, c);
      const double flicker_a = (i % 13 * 5 % 13 - 6) / 6.0 * k_noise_a;
      current.push_back(static_cast<float>((now_c - before_c) * k_rate_hz + flicker_a));
      before_c = now_c;
    }
    for (std::size_t at = 0; at < current.size(); at += k_block) {
      const auto block = std::span(current).subspan(at, std::min(k_block, current.size() - at));
      ASSERT_TRUE(capture_.accept(SampleBlock{ChannelId{0}, static_cast<std::int64_t>(at), block, {}}));
    }
    for (int i = 0; i < c.events; ++i)
      test::mark(capture_, 0, c.gap_s + i * period_s, c.gap_s + i * period_s + c.length_s);
    ASSERT_TRUE(capture_.end(EndReason::completed));
  }

  Report report(std::optional<TimeNs> guard_ns = std::nullopt) {
    ReportOptions options;
    options.events = {"inference=d0"};
    options.guard_ns = guard_ns;
    auto analysis = build_report(capture_, options);
    if (!analysis) ADD_FAILURE() << analysis.error().message;
    return analysis ? analysis->report : Report{};
  }

  [[nodiscard]] double load_j() const { return GetParam().length_s * k_active_a * k_volts; }

  MemoryCapture capture_;
};

bool has(const Report& report, const std::string& code) {
  return std::ranges::find(report.findings, code, &Finding::code) != report.findings.end();
}

TEST_P(Surroundings, IdleIsKeptClearOfATailHoweverLong) {
  const Report told = report();
  EXPECT_NEAR(*told.idle.current_a.mean / k_idle_a, 1, 0.01);
  EXPECT_FALSE(has(told, "idle_unsettled"));
}

TEST_P(Surroundings, WhatTheEnergyLacksIsInItsAdequacy) {
  const EventReport event = report().events.at(0);
  const double lacking = 1 - *event.energy_j.mean / load_j();
  EXPECT_LE(std::abs(lacking), 1.1 * *event.adequacy.bound_rel + 1e-4);
  if (event.method == Method::excess) {
    EXPECT_LT(std::abs(lacking), 2e-3);
  }
}

TEST_P(Surroundings, AnIntegralThatLacksMoreThanAPercentSaysSo) {
  const Report told = report();
  const EventReport& event = told.events.at(0);
  const double lacking = 1 - *event.energy_j.mean / load_j();
  if (event.method == Method::integral) {
    EXPECT_EQ(has(told, "smeared"), lacking > 0.01) << lacking;
  }
  EXPECT_FALSE(has(told, "active_outside_marker"));
}

TEST_P(Surroundings, AGuardThatWasGivenStays) {
  const EventReport event = report(3'000'000).events.at(0);
  EXPECT_EQ(event.guard_s, 3e-3);
}

// Something without a rule follows each event: whatever its length, it is no tail, and the event stays as it
// is.
class OtherWork : public testing::TestWithParam<std::tuple<double, bool>> {};

TEST_P(OtherWork, BesideAnEventIsLeftWhereItIs) {
  const auto [busy_s, second] = GetParam();  // every other time more follows
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "test.current";
  info.channels[0].rate_hz = k_rate_hz;
  info.channels[0].aperture_s = {1 / k_rate_hz, Provenance::specified};
  info.supply = {k_volts, VoltageBasis::setpoint};
  info.lines = {{LineId{0}, ""}};
  ASSERT_TRUE(capture.begin(info));
  constexpr int k_events = 12;
  constexpr double k_event_s = 0.02;
  std::vector<float> current;
  for (int i = 0; i < static_cast<int>((k_events * 0.5 + 0.1) * k_rate_hz); ++i) {
    const double at_s = std::fmod(i / k_rate_hz, 0.5);
    const double until_s = k_event_s + (second && i % 20000 >= 10000 ? 3 * busy_s : busy_s);
    const double load_a = at_s < k_event_s ? 8e-3 : at_s < until_s ? 5e-3 : k_idle_a;
    current.push_back(static_cast<float>(load_a + (i % 13 * 5 % 13 - 6) / 6.0 * k_noise_a));
  }
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, current, {}}));
  for (int i = 1; i < k_events; ++i)
    test::mark(capture, 0, 0.5 * i, 0.5 * i + k_event_s);
  ASSERT_TRUE(capture.end(EndReason::completed));
  ReportOptions options;
  options.events = {"inference=d0"};
  const auto analysis = build_report(capture, options);
  ASSERT_TRUE(analysis);
  const EventReport& event = analysis->report.events.at(0);
  EXPECT_NEAR(*event.energy_j.mean / (k_event_s * 8e-3 * k_volts), 1, 1e-3);
  EXPECT_LE(*event.adequacy.bound_rel, 0.01);
  EXPECT_FALSE(has(analysis->report, "smeared"));
}

INSTANTIATE_TEST_SUITE_P(Lengths, OtherWork,

                         testing::Combine(testing::Values(1e-3, 1.7e-3, 3e-3, 7e-3, 12.5e-3, 20e-3, 25.6e-3),
                                          testing::Bool()));

// Lengths of 2 ms are 40 samples, and measured by excess; the others by integral.
INSTANTIATE_TEST_SUITE_P(TimeConstants, Surroundings,
                         testing::Values(Case{2e-3, 50e-6, 0.1, 20}, Case{2e-3, 1e-3, 0.1, 20},
                                         Case{2e-3, 4e-3, 0.3, 12}, Case{0.05, 1e-3, 0.2, 12},
                                         Case{0.05, 10e-3, 0.5, 8}, Case{0.2, 1e-3, 0.3, 8}));

}  // namespace
}  // namespace joulemark
