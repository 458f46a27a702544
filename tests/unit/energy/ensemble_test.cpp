// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/ensemble.h>

#include <tests/support/waveform.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

using test::Pulse;
using test::Waveform;

// Pulses of 20 ms, 9 mA over 1 mA, every 100 ms from 50.3 ms on: 21 of them, the twelfth three times as high.
struct Train {
  MemoryCapture capture;
  std::vector<TimeRange> events;

  explicit Train(std::vector<std::pair<double, double>> gaps_s = {}) {
    Waveform waveform{1e-3, {}};
    for (int i = 0; i < 21; ++i) {
      const double begin_s = 0.0503 + 0.1 * i;
      waveform.pulses.push_back({begin_s, begin_s + 0.02, i == 11 ? 27e-3 : 9e-3});
      events.push_back({from_seconds(begin_s), from_seconds(begin_s + 0.02)});
    }
    test::record(
        capture, waveform,
        {.rate_hz = 10'000, .duration_s = 2.3, .aperture_s = 1e-4, .voltage_v = 2, .gaps_s = gaps_s});
  }
};

Ensemble folded(Train& train, FoldOptions options = {}) {
  auto ensemble = fold_events(train.capture, train.events, options);
  if (!ensemble) ADD_FAILURE() << ensemble.error().message;
  return ensemble.value_or(Ensemble{});
}

double at(const Ensemble& ensemble, const std::vector<double>& values, TimeNs after_begin_ns) {
  return values[static_cast<std::size_t>((after_begin_ns - ensemble.begin_ns) / ensemble.bin_ns)];
}

TEST(Ensemble, IsThePulseThatAllEventsShare) {
  Train train;
  const Ensemble ensemble = folded(train, {.channel = k_current});
  EXPECT_EQ(ensemble.folded, 21);
  EXPECT_EQ(ensemble.median_length_ns, 20'000'000);
  EXPECT_NEAR(static_cast<double>(ensemble.begin_ns), -5e6, 2.0 * static_cast<double>(ensemble.bin_ns));
  EXPECT_NEAR(at(ensemble, ensemble.median, -3'000'000), 1e-3, 1e-8);
  EXPECT_NEAR(at(ensemble, ensemble.median, 10'000'000), 10e-3, 1e-8);
  EXPECT_NEAR(at(ensemble, ensemble.median, 23'000'000), 1e-3, 1e-8);
  // The one odd event is the highest of 21: it lies beyond the 95th percentile.
  EXPECT_NEAR(at(ensemble, ensemble.p95, 10'000'000), 10e-3, 1e-8);
  EXPECT_NEAR(at(ensemble, ensemble.p05, 10'000'000), 10e-3, 1e-8);
}

TEST(Ensemble, OfPowerIsCurrentTimesVoltage) {
  Train train;
  const Ensemble ensemble = folded(train);
  EXPECT_NEAR(at(ensemble, ensemble.median, 10'000'000), 20e-3, 1e-8);
}

TEST(Ensemble, RanksTheOddEventFirst) {
  Train train;
  const Ensemble ensemble = folded(train);
  ASSERT_EQ(ensemble.by_distance.size(), 21U);
  EXPECT_EQ(ensemble.by_distance.front().event, 11U);
  EXPECT_GT(ensemble.by_distance.front().distance, 5 * ensemble.by_distance[1].distance);
}

TEST(Ensemble, LeavesOutEventsThatTouchLostSamples) {
  Train train({{0.455, 0.456}});  // within the fifth
  const Ensemble ensemble = folded(train);
  EXPECT_EQ(ensemble.left_out, 1);
  EXPECT_EQ(ensemble.folded, 20);
  EXPECT_TRUE(std::ranges::none_of(ensemble.by_distance, [](const FoldedEvent& e) { return e.event == 4; }));
}

// Margins of 5 ms: before the first event 2 ms were recorded, after the last one 1 ms.
TEST(Ensemble, FoldsWholeEventsWhoseMarginsPassTheEndsOfTheRecording) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, {{0.002, 0.022, 9e-3}, {0.102, 0.122, 9e-3}, {0.202, 0.222, 9e-3}}};
  test::record(capture, waveform,
               {.rate_hz = 10'000, .duration_s = 0.223, .aperture_s = 1e-4, .voltage_v = 2});
  std::vector<TimeRange> events;
  for (const Pulse& pulse : waveform.pulses)
    events.push_back({from_seconds(pulse.begin_s), from_seconds(pulse.end_s)});
  const auto ensemble = fold_events(capture, events, {.channel = k_current});
  ASSERT_TRUE(ensemble);
  EXPECT_EQ(ensemble->folded, 3);
  EXPECT_EQ(ensemble->left_out, 0);
  EXPECT_EQ(ensemble->cut_margins, 2);
  for (const TimeNs after_ns : {-4'000'000, -1'000'000, 500'000, 10'000'000, 20'500'000, 23'000'000}) {
    const double truth = after_ns >= 0 && after_ns < 20'000'000 ? 10e-3 : 1e-3;
    EXPECT_NEAR(at(*ensemble, ensemble->median, after_ns), truth, 1e-8) << after_ns;
  }
  for (const FoldedEvent& event : ensemble->by_distance)
    EXPECT_TRUE(std::isfinite(event.distance));

  const auto first = fold_events(capture, std::span(events).first(1), {.channel = k_current});
  ASSERT_TRUE(first);
  EXPECT_TRUE(std::isnan(at(*first, first->median, -4'000'000)));
  EXPECT_NEAR(at(*first, first->median, -1'000'000), 1e-3, 1e-8);
}

TEST(Ensemble, FoldsAnEvenChoiceWhenMemoryIsShortAndSaysSo) {
  Train train;
  const Ensemble ensemble = folded(train, {.most_bins = 100, .most_values = 700});
  EXPECT_EQ(ensemble.folded, 7);
  EXPECT_EQ(ensemble.not_taken, 14);
}

TEST(Ensemble, RefusesWhereNothingCanBeFolded) {
  Train train({{0.0, 2.2}});
  EXPECT_EQ(fold_events(train.capture, train.events, {}).error().code, ErrorCode::inadequate);
  EXPECT_EQ(fold_events(train.capture, {}, {}).error().code, ErrorCode::inadequate);
}

}  // namespace
}  // namespace joulemark
