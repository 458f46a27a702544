// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/truth.h>

#include <tests/unit/sim/simulated.h>

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace joulemark::sim {
namespace {

using testing::Contains;
using testing::Each;

TEST(SimInstrument, DescribesItselfAsASinkWantsIt) {
  Settings settings = fast(2e6);
  settings.voltage_channel = true;
  const auto capture = simulate(settings, 0.01);
  const CaptureInfo& info = capture->info();
  EXPECT_TRUE(validate(info));
  ASSERT_EQ(info.channels.size(), 2U);
  EXPECT_EQ(info.channels[0].ranges.size(), 2U);
  EXPECT_EQ(info.channels[0].aperture_s.value, 0.5e-6);
  EXPECT_EQ(info.supply.basis, VoltageBasis::measured);
  EXPECT_EQ(info.lines.size(), 4U);
  EXPECT_THAT(capture->metadata().value(), Contains(MetadataItem{"event.inference", "d0"}));
  EXPECT_THAT(capture->metadata().value(), Contains(MetadataItem{"event.keyword", "d3"}));
  EXPECT_THAT(capture->metadata().value(), Contains(MetadataItem{"useful", "keyword"}));
  EXPECT_THAT(capture->metadata().value(), Contains(MetadataItem{"line.d3.initial", "low"}));
}

TEST(SimInstrument, GivesTheSameSamplesAndEdgesWhateverTheBlocksAndThePace) {
  Settings settings = fast(10e3);
  settings.voltage_channel = true;
  const auto one = simulate(settings, 0.5, 1000);
  const auto other = simulate(settings, 0.5, 77);
  settings.pace = Pace::real_time;
  const auto paced = simulate(settings, 0.5, 200);
  for (const ChannelId channel : {ChannelId{0}, ChannelId{1}}) {
    ASSERT_EQ(samples_of(*one, channel).size(), 5000U);
    EXPECT_EQ(samples_of(*one, channel), samples_of(*other, channel));
    EXPECT_EQ(samples_of(*one, channel), samples_of(*paced, channel));
  }
  EXPECT_EQ(edges_of(*one), edges_of(*other));
  EXPECT_EQ(edges_of(*one), edges_of(*paced));
  settings.target.seed = 2;
  settings.pace = Pace::maximum;
  EXPECT_NE(samples_of(*one), samples_of(*simulate(settings, 0.5)));
}

TEST(SimInstrument, MarksEveryEventAtItsTrueTime) {
  const auto capture = simulate(fast(10e3), 5);
  const std::vector<Edge> edges = edges_of(*capture);
  const Truth truth = truth_over(fast(10e3), {0, 5'000'000'000}, {});
  ASSERT_GE(truth.events.size(), 40U);
  ASSERT_GE(edges.size(), 2 * truth.events.size());
  for (const TrueEvent& event : truth.events) {
    const LineId line = marker_line(event.activity)->line;
    EXPECT_THAT(edges, Contains(Edge{event.time.begin_ns, 1, line, true}));
    EXPECT_THAT(edges, Contains(Edge{event.time.end_ns, 1, line, false}));
  }
}

TEST(SimInstrument, SleepsBetweenActivitiesWhenAskedTo) {
  Settings settings = fast(10e3);
  settings.target.spacing_s = 5e-3;
  const std::vector<Edge> edges = edges_of(*simulate(settings, 2));
  ASSERT_GE(edges.size(), 20U);
  for (std::size_t i = 1; i < edges.size(); ++i) {
    EXPECT_EQ(edges[i].level, i % 2 == 0) << "one line falls before the next one rises";
    const TimeNs slept_ns = edges[i].time_ns - edges[i - 1].time_ns;
    if (edges[i].level) {
      EXPECT_GE(slept_ns, 1000000);
    }
  }
}

TEST(SimInstrument, SeesEdgesOnlyAsFinelyAsItsInputs) {
  Settings settings = fast(10e3);
  const std::vector<Edge> exact = edges_of(*simulate(settings, 1));
  settings.edge_resolution_ns = 10'000;
  const std::vector<Edge> coarse = edges_of(*simulate(settings, 1));
  ASSERT_EQ(exact.size(), coarse.size());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    EXPECT_EQ(coarse[i].time_ns % 10'000, 0);
    EXPECT_LE(std::abs(coarse[i].time_ns - exact[i].time_ns), 5'000);
    EXPECT_EQ(coarse[i].resolution_ns, 10'000U);
  }
}

TEST(SimInstrument, LeavesAGapWhereSamplesAreLost) {
  Settings settings = fast(10e3);
  const std::vector<double> whole = samples_of(*simulate(settings, 1));
  settings.gap = SampleGap{0.25, 500};
  const auto capture = simulate(settings, 1);
  const Extent extent = capture->extent(ChannelId{0}).value();
  EXPECT_EQ(extent.samples, 9500);
  EXPECT_EQ(extent.lost_samples, 500);
  const auto anomalies = capture->anomalies().value();
  ASSERT_EQ(anomalies.size(), 1U);
  EXPECT_EQ(anomalies[0].kind, AnomalyKind::gap);
  EXPECT_EQ(anomalies[0].severity, Severity::data_loss);
  EXPECT_EQ(anomalies[0].first_index, 2500);
  EXPECT_EQ(anomalies[0].count, 500);
  EXPECT_EQ(anomalies[0].time, (TimeRange{250'000'000, 300'000'000}));
  const std::vector<double> rest = samples_of(*capture);
  EXPECT_TRUE(std::equal(whole.begin() + 3000, whole.end(), rest.begin() + 3000));
  EXPECT_THAT(std::vector(rest.begin() + 2500, rest.begin() + 3000), Each(0.0));
}

TEST(SimInstrument, RecordsEveryStretchThatClips) {
  Settings settings = fast(100e3);
  settings.clip_a = 15e-3;  // an inference is beyond it
  const auto capture = simulate(settings, 3);
  const std::vector<Anomaly> anomalies = capture->anomalies().value();
  std::int64_t clipped = 0;
  for (const Anomaly& anomaly : anomalies) {
    EXPECT_EQ(anomaly.kind, AnomalyKind::clipped);
    clipped += anomaly.count;
  }
  std::int64_t expected = 0;
  for (const double sample : samples_of(*capture))
    expected += sample >= 15e-3 - 1e-9 ? 1 : 0;
  EXPECT_GT(clipped, 0);
  EXPECT_NEAR(static_cast<double>(clipped), static_cast<double>(expected), 5);
}

TEST(SimInstrument, StopsWithinATenthOfASecond) {
  using Clock = std::chrono::steady_clock;
  Settings settings;
  settings.rate_hz = 1e3;
  MemoryCapture capture;
  const auto opened = SimInstrument::open("sim:kws", settings, {}).value();
  ASSERT_TRUE(capture.begin(opened->info()));
  std::stop_source stop;
  Clock::time_point asked;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    asked = Clock::now();
    stop.request_stop();
  });
  const auto reason = opened->run(capture, stop.get_token());
  const auto took = Clock::now() - asked;
  EXPECT_EQ(reason.value(), EndReason::interrupted);
  EXPECT_LT(took, std::chrono::milliseconds(100));
  const std::int64_t samples = capture.extent(ChannelId{0}).value().samples;
  EXPECT_GE(samples, 100);
  EXPECT_LE(samples, 200);
}

}  // namespace
}  // namespace joulemark::sim
