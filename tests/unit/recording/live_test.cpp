// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/build_report.h>
#include <analysis/model/memory_capture.h>
#include <analysis/model/tee.h>

#include <app/recording/instruments.h>
#include <app/recording/live_strip.h>
#include <app/recording/recent_source.h>
#include <app/recording/recorder.h>

#include <gtest/gtest.h>

namespace joulemark {
namespace {

void record_simulated(SampleSink& sink, std::vector<std::string> options, double duration_s) {
  options.emplace_back("pace=max");
  auto instrument = make_registry().open("sim:kws", options);
  ASSERT_TRUE(instrument);
  ASSERT_TRUE(record(**instrument, sink, {duration_s, {}, false}, {}));
}

TEST(LiveStrip, ShowsWhatWasSampledAndDerivesPower) {
  MemoryCapture capture;
  LiveStrip strip;
  Tee both({&capture, &strip});
  record_simulated(both, {"rate=10kHz", "voltage_channel=on"}, 3);
  const TimeRange range{1'000'000'000, 1'500'000'000};
  for (const auto& [trace, channel] :
       {std::pair{LiveStrip::Trace::current, k_current}, std::pair{LiveStrip::Trace::power, k_power},
        std::pair{LiveStrip::Trace::voltage, ChannelId{1}}}) {
    ASSERT_TRUE(strip.has(trace));
    const auto shown = strip.columns(trace, range, 50);
    std::vector<TimeRange> windows;
    for (TimeNs i = 0; i < 50; ++i)
      windows.push_back({range.begin_ns + i * 10'000'000, range.begin_ns + (i + 1) * 10'000'000});
    const auto stored = capture.integrals(channel, windows, Boundary::fractional);
    ASSERT_TRUE(stored);
    for (std::size_t i = 0; i < 50; ++i) {
      EXPECT_EQ(shown[i].count, 100) << i;
      EXPECT_NEAR(shown[i].min, (*stored)[i].min, 1e-3 * (*stored)[i].max)
          << i;  // power: voltage held a sample
      EXPECT_NEAR(shown[i].max, (*stored)[i].max, 1e-3 * (*stored)[i].max) << i;
      EXPECT_NEAR(shown[i].mean, (*stored)[i].mean(), 1e-3 * (*stored)[i].max) << i;
    }
  }
}

TEST(LiveStrip, TellsNoPowerBeforeAVoltage) {
  CaptureInfo info;
  info.channels.resize(2);
  info.channels[0].name = "bench.current";
  info.channels[1].name = "bench.voltage";
  info.channels[1].quantity = Quantity::voltage;
  for (Channel& channel : info.channels)
    channel.rate_hz = 1000;
  info.supply.basis = VoltageBasis::measured;
  LiveStrip strip;
  ASSERT_TRUE(strip.begin(info));
  const std::vector<float> current(100, 2e-3F);
  ASSERT_TRUE(strip.accept(SampleBlock{ChannelId{0}, 0, current, {}}));
  ASSERT_TRUE(strip.accept(SampleBlock{ChannelId{1}, 0, std::vector<float>(100, 3.0F), {}}));
  ASSERT_TRUE(strip.accept(SampleBlock{ChannelId{0}, 100, current, {}}));
  EXPECT_EQ(strip.columns(LiveStrip::Trace::current, {0, 100'000'000}, 1)[0].count, 100);
  EXPECT_EQ(strip.columns(LiveStrip::Trace::power, {0, 100'000'000}, 1)[0].count, 0);
  const auto later = strip.columns(LiveStrip::Trace::power, {100'000'000, 200'000'000}, 1);
  EXPECT_EQ(later[0].count, 100);
  EXPECT_NEAR(later[0].mean, 6e-3, 1e-9);
}

// Stamped at the end of an aperture of 50 ms, the samples of both kinds of channel stand where they hold.
TEST(LiveStrip, PlacesSamplesWhereTheCaptureDoes) {
  for (const bool timed : {true, false}) {
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "bench.current";
    info.channels[0].rate_hz = 20;
    info.channels[0].timed = timed;
    info.channels[0].start_ns = timed ? 0 : 50'000'000;
    info.channels[0].aperture_s = {0.05, Provenance::specified};
    info.channels[0].stamp_position = StampPosition::end;
    MemoryCapture capture;
    LiveStrip strip;
    Tee both({&capture, &strip});
    ASSERT_TRUE(both.begin(info));
    std::vector<float> values;
    std::vector<TimeNs> stamps_ns;
    for (int i = 0; i < 40; ++i) {
      values.push_back(i == 20 ? 1.F : 0.F);
      if (timed) stamps_ns.push_back(50'000'000 + i * 50'000'000);
    }
    ASSERT_TRUE(both.accept(SampleBlock{ChannelId{0}, 0, values, stamps_ns}));
    ASSERT_TRUE(both.end(EndReason::completed));
    const std::vector<TimeRange> windows{{1'000'000'000, 1'050'000'000}, {1'050'000'000, 1'100'000'000}};
    const auto stored = capture.integrals(ChannelId{0}, windows, Boundary::fractional);
    ASSERT_TRUE(stored);
    EXPECT_EQ((*stored)[0].min, 1) << "it holds from 1 s on";
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const auto shown = strip.columns(LiveStrip::Trace::current, windows[i], 1);
      EXPECT_EQ(shown[0].count, 1) << timed;
      EXPECT_EQ(shown[0].max, (*stored)[i].max) << timed;
    }
  }
}

TEST(LiveStrip, KeepsTheNewestWhenItIsFull) {
  LiveStrip strip;
  record_simulated(strip, {"rate=1kHz"}, 100);
  const TimeRange extent = strip.extent();
  EXPECT_EQ(extent.end_ns, 100'000'000'000);
  EXPECT_EQ(extent.length_ns(), static_cast<TimeNs>(LiveStrip::k_steps) * 1'000'000);
  EXPECT_EQ(strip.columns(LiveStrip::Trace::current, {0, 1'000'000'000}, 1)[0].count, 0)
      << "long overwritten";
  EXPECT_EQ(strip.columns(LiveStrip::Trace::current, {99'000'000'000, 100'000'000'000}, 1)[0].count, 1000);
}

TEST(LiveStrip, FollowsTheLinesAndNamesTheGaps) {
  MemoryCapture capture;
  LiveStrip strip;
  Tee both({&capture, &strip});
  record_simulated(both, {"rate=10kHz", "gap=1s,samples=500"}, 4);
  ASSERT_EQ(strip.gaps().size(), 1U);
  EXPECT_EQ(strip.gaps()[0].length_ns(), 50'000'000);
  EXPECT_EQ(strip.anomalies(), *capture.anomalies());
  std::vector<std::pair<TimeNs, TimeNs>> high;  // of d0
  ASSERT_TRUE(capture.edges(k_all_time, [&](std::span<const Edge> edges) -> Status {
    for (const Edge& edge : edges) {
      if (edge.line.value != 0) continue;
      if (edge.level) high.emplace_back(edge.time_ns, 4'000'000'000);
      if (!edge.level) high.back().second = edge.time_ns;
    }
    return {};
  }));
  ASSERT_FALSE(high.empty());
  for (const auto& [begin_ns, end_ns] : high) {
    const auto inside = strip.levels({begin_ns + 2'000'000, end_ns - 2'000'000}, 1);
    EXPECT_EQ(inside[0].high & 1U, 1U);
    EXPECT_EQ(inside[0].low & 1U, 0U);
    const auto before = strip.levels({begin_ns - 4'000'000, begin_ns - 2'000'000}, 1);
    EXPECT_EQ(before[0].high & 1U, 0U);
  }
}

TEST(LiveStrip, ShowsEveryFallOfALineRecordedOneWay) {
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "bench.current";
  info.channels[0].rate_hz = 1000;
  info.lines = {{LineId{0}, "falls"}};
  LiveStrip strip;
  ASSERT_TRUE(strip.begin(info));
  ASSERT_TRUE(strip.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(100, 1e-3F), {}}));
  for (const TimeNs time_ns : {25'000'000, 45'000'000, 75'000'000})
    ASSERT_TRUE(strip.accept(Edge{time_ns, 0, LineId{0}, false}));
  const auto levels = strip.levels({0, 100'000'000}, 10);
  for (std::size_t i = 3; i < 10; ++i)
    EXPECT_EQ((levels[i].high & 1U) != 0, i == 4 || i == 7) << i;
}

// As in the capture: a line that was told, and one that is known by its first edge alone.
TEST(LiveStrip, KnowsLinesFromTheBeginning) {
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "bench.current";
  info.channels[0].rate_hz = 1000;
  info.lines = {{LineId{3}, "told"}, {LineId{0}, "seen"}, {LineId{5}, "unknown"}};
  LiveStrip strip;
  ASSERT_TRUE(strip.begin(info));
  ASSERT_TRUE(strip.accept(MetadataItem{"line.d3.initial", "high"}));
  ASSERT_TRUE(strip.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(100, 1e-3F), {}}));
  ASSERT_TRUE(strip.accept(Edge{50'000'000, 0, LineId{0}, true}));
  ASSERT_TRUE(strip.accept(Edge{60'000'000, 0, LineId{3}, false}));
  const auto levels = strip.levels({0, 100'000'000}, 10);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ((levels[i].high & 1U) != 0, i <= 6) << i;
    EXPECT_EQ((levels[i].low & 1U) != 0, i >= 6) << i;
    EXPECT_EQ((levels[i].high & 2U) != 0, i >= 5) << i;
    EXPECT_EQ((levels[i].low & 2U) != 0, i <= 5) << i;
    EXPECT_EQ((levels[i].high | levels[i].low) & 4U, 0U) << i;
  }
}

TEST(RecentSource, IsTheEndOfARecordingAsIfItHadBegunThere) {
  MemoryCapture capture;
  record_simulated(capture, {"rate=10kHz"}, 30);
  RecentSource recent(capture, 10'000'000'000);
  const auto extent = recent.extent(ChannelId{0});
  ASSERT_TRUE(extent);
  EXPECT_EQ(extent->samples, 100'000);
  EXPECT_EQ(extent->time, (TimeRange{20'000'000'000, 30'000'000'000}));
  const auto whole = build_report(capture, {});
  const auto last = build_report(recent, {});
  ASSERT_TRUE(whole && last);
  EXPECT_NEAR(last->report.capture.duration_s, 10, 1e-9);
  std::size_t matched = 0;
  for (const EventRow& row : last->rows) {
    for (const EventRow& same : whole->rows) {
      if (same.time != row.time || same.name != row.name) continue;
      EXPECT_EQ(same.energy_j, row.energy_j);
      ++matched;
    }
  }
  EXPECT_EQ(matched, last->rows.size());
  EXPECT_GT(matched, 10U);
}

}  // namespace
}  // namespace joulemark
