// SPDX-License-Identifier: Apache-2.0
#include <tests/support/waveform.h>
#include <tests/unit/energy/analyse.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

namespace joulemark {
namespace {

using test::analyse;
using test::codes;
using test::k_volts;
using test::mark_all;
using test::Pulse;
using test::train;
using test::Waveform;
using ::testing::Contains;
using ::testing::ElementsAre;

double sum_of(const std::vector<Share>& shares) {
  return std::accumulate(shares.begin(), shares.end(), 0.0,
                         [](double sum, const Share& share) { return sum + share.fraction; });
}

TEST(BuildReport, IntegratesLongEventsToTheirKnownEnergy) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(5, 0.1, 0.2, 0.1, 9e-3)};  // 100 samples each, on the grid
  test::record(capture, waveform,
               {.rate_hz = 1000, .duration_s = 1.1, .aperture_s = 1e-3, .voltage_v = k_volts});
  mark_all(capture, 0, waveform.pulses);

  const Report report = analyse(capture).report;
  ASSERT_EQ(report.events.size(), 1U);
  const EventReport& event = report.events[0];
  EXPECT_EQ(event.method, Method::integral);
  EXPECT_EQ(event.count, 5);
  EXPECT_NEAR(*event.energy_j.mean, k_volts * 10e-3 * 0.1, 1e-9);
  EXPECT_NEAR(*event.net_energy_j.mean, k_volts * 9e-3 * 0.1, 1e-9);
  EXPECT_NEAR(*event.charge_c.mean, 10e-3 * 0.1, 1e-9);
  EXPECT_NEAR(*event.latency_s.mean, 0.1, 1e-12);
  EXPECT_NEAR(*event.power_w.mean, k_volts * 10e-3, 1e-8);
  EXPECT_NEAR(*event.peak_current_a.mean, 10e-3, 1e-8);
  EXPECT_NEAR(*report.idle.power_w.mean, k_volts * 1e-3, 1e-9);
  EXPECT_NEAR(*report.idle.current_a.mean, 1e-3, 1e-9);
  EXPECT_NEAR(*report.total.energy_j, k_volts * waveform.charge_c(0, 1.1), 1e-9);
  EXPECT_EQ(report.quality.grade, QualityGrade::good);
}

// One Anomaly may stand for many short stretches of a long time: its count says how many samples.
TEST(BuildReport, CountsDeadTimeBySamplesNotByTheStretchTheyLieIn) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.rate_hz = 1000, .duration_s = 2, .voltage_v = k_volts});
  Anomaly dead{AnomalyKind::dead_time, Severity::info, ChannelId{0}, {0, 2'000'000'000}, 0, 20, ""};
  ASSERT_TRUE(capture.accept(dead));
  EXPECT_NEAR(*analyse(capture).report.capture.primary.dead_time_s, 0.02, 1e-12);
}

// An averaging converter of 532 us and inferences of 7 ms at any phase: the case in which splitting samples
// pro rata under-reads by a sixth of a conversion per edge, and whole samples above idle do not.
class AveragingConverter : public ::testing::Test {
 protected:
  static constexpr double k_aperture_s = 532e-6;
  static constexpr double k_length_s = 7.003e-3;

  void SetUp() override {
    waveform_ = {2.4e-3, train(80, 0.05, 0.0503571, k_length_s, 52.6e-3)};
    test::record(capture_, waveform_, {1 / k_aperture_s, 4.2, k_aperture_s, k_volts, {}, 0});
    mark_all(capture_, 0, waveform_.pulses);
  }

  MemoryCapture capture_;
  Waveform waveform_;
  double truth_j_ = k_volts * 55e-3 * k_length_s;
};

TEST_F(AveragingConverter, IsUnbiasedByExcess) {
  const EventReport event = analyse(capture_).report.events.at(0);
  EXPECT_EQ(event.method, Method::excess);
  EXPECT_NEAR(event.guard_s, 2 * (2 * k_aperture_s + 100e-9), 2e-9);
  EXPECT_NEAR(*event.energy_j.mean / truth_j_, 1, 2e-4);
  EXPECT_NEAR(*event.charge_c.mean, truth_j_ / k_volts, truth_j_ * 2e-4);
  EXPECT_NEAR(*event.outside_marker_j.mean / truth_j_, 0, 1e-6);
  EXPECT_EQ(event.adequacy.grade, Grade::good);
}

TEST_F(AveragingConverter, IsBiasedByASixthOfAnApertureAtEachEdgeWhenSplitProRata) {
  const std::vector<NamedWindow> none;
  double sum = 0;
  for (const Pulse& pulse : waveform_.pulses) {
    const std::array window{TimeRange{from_seconds(pulse.begin_s), from_seconds(pulse.end_s)}};
    sum += capture_.integrals(k_power, window, Boundary::fractional).value()[0].integral;
  }
  const double bias_j = sum / static_cast<double>(waveform_.pulses.size()) - truth_j_;
  EXPECT_NEAR(bias_j, -2 * k_volts * 52.6e-3 * k_aperture_s / 6, 0.03 * k_volts * 52.6e-3 * k_aperture_s);
}

TEST_F(AveragingConverter, NamesWhatIsDrawnOutsideTheMarker) {
  Waveform waveform{2.4e-3, train(30, 0.05, 0.0503571, k_length_s, 52.6e-3)};
  MemoryCapture capture;
  const std::vector<Pulse> marked = waveform.pulses;
  for (const Pulse& pulse : marked)  // awake 3 ms before the marker says so
    waveform.pulses.push_back({pulse.begin_s - 3e-3, pulse.begin_s, 10e-3});
  test::record(capture, waveform, {1 / k_aperture_s, 1.6, k_aperture_s, k_volts, {}, 1e-6});
  mark_all(capture, 0, marked);
  ReportOptions options;
  options.guard_ns = 8'000'000;
  const Report report = analyse(capture, {"inference=d0"}, options).report;
  EXPECT_THAT(codes(report), Contains("active_outside_marker"));
  EXPECT_NEAR(*report.events[0].energy_j.mean, truth_j_ + k_volts * 10e-3 * 3e-3, truth_j_ * 3e-4);
  EXPECT_NEAR(sum_of(report.useful_event.shares), 1, 1e-12);
}

TEST(BuildReport, DividesByTheInferencesOfAWindow) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(4, 0.1, 0.2, 0.1, 9e-3)};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3});
  mark_all(capture, 0, waveform.pulses);
  const EventReport event = analyse(capture, {"inference=d0,repeat=10"}).report.events.at(0);
  EXPECT_NEAR(*event.energy_j.mean, k_volts * 10e-3 * 0.1 / 10, 1e-10);
  EXPECT_NEAR(*event.latency_s.mean, 0.01, 1e-12);
  EXPECT_NEAR(*event.power_w.mean, k_volts * 10e-3, 1e-8);
  EXPECT_EQ(event.count, 4);
}

TEST(BuildReport, LeavesEventsThatTouchAGapOutOfTheEnergies) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(4, 0.1, 0.2, 0.1, 9e-3)};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3, .gaps_s = {{0.35, 0.36}}});
  mark_all(capture, 0, waveform.pulses);
  const Analysis analysis = analyse(capture);
  const EventReport& event = analysis.report.events.at(0);
  EXPECT_EQ(event.count, 4);
  EXPECT_EQ(event.energy_left_out, 1);
  EXPECT_EQ(event.energy_j.n, 3);
  EXPECT_EQ(event.latency_s.n, 4);
  EXPECT_NEAR(*event.energy_j.mean, k_volts * 10e-3 * 0.1, 1e-9);
  EXPECT_THAT(event.flags, ElementsAre("lost_samples"));
  EXPECT_EQ(analysis.rows[1].flags, k_flag_lost_samples);
  EXPECT_FALSE(analysis.rows[1].energy_j.has_value());
  EXPECT_THAT(codes(analysis.report), Contains("events_left_out"));
  EXPECT_THAT(codes(analysis.report), Contains("lost_time"));
  EXPECT_NEAR(analysis.report.capture.lost_s, 0.01, 1e-9);
  EXPECT_EQ(analysis.report.quality.grade, QualityGrade::bad);
  EXPECT_NEAR(*analysis.report.total.energy_j, k_volts * (waveform.charge_c(0, 1) - 10e-3 * 0.01), 1e-9);
}

// A probe whose numbers jump ahead: what is lost by them takes no time.
TEST(BuildReport, GradesLossByTheNumbersOfSamplesToo) {
  for (const auto& [jump, grade] : {std::pair<std::int64_t, QualityGrade>{9, QualityGrade::degraded},
                                    {30, QualityGrade::bad},
                                    {188'000'000, QualityGrade::bad}}) {
    MemoryCapture capture;
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "probe.current";
    info.channels[0].timed = true;
    info.supply = {k_volts, VoltageBasis::setpoint};
    ASSERT_TRUE(capture.begin(info));
    for (std::int64_t i = 0; i < 2000; ++i) {
      const float value = 1e-3F;
      const TimeNs time_ns = i * 1'000'000;
      const std::int64_t index = i < 1000 ? i : i + jump;
      ASSERT_TRUE(
          capture.accept(SampleBlock{ChannelId{0}, index, std::span(&value, 1), std::span(&time_ns, 1)}));
    }
    ASSERT_TRUE(capture.end(EndReason::completed));
    const Report report = analyse(capture, {}).report;
    EXPECT_EQ(report.capture.primary.lost_samples, jump);
    EXPECT_LT(report.capture.lost_s, 0.01 * report.capture.duration_s);
    EXPECT_EQ(report.quality.grade, grade) << jump;
  }
}

TEST(BuildReport, LeavesWindowsPartlyOutsideTheRecordingOut) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.duration_s = 1, .aperture_s = 1e-3});
  ReportOptions options;
  options.windows = {{"w", {900'000'000, 1'100'000'000}}, {"w", {100'000'000, 300'000'000}}};
  const Report report = analyse(capture, {}, options).report;
  EXPECT_EQ(report.events.at(0).count, 2);
  EXPECT_EQ(report.events[0].energy_j.n, 1);
  EXPECT_NEAR(*report.events[0].energy_j.mean, k_volts * 1e-3 * 0.2, 1e-10);
  EXPECT_THAT(report.events[0].flags, ElementsAre("outside_capture"));
}

// The second event's guard, of 2 ms at least, is half recorded.
TEST(BuildReport, WaitsForTheGuardOfAnEventWhileTheRecordingGoesOn) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, {{0.3005, 0.3055, 9e-3}, {0.9935, 0.9985, 9e-3}}};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3});
  mark_all(capture, 0, waveform.pulses);
  ReportOptions options;
  const Analysis ended = analyse(capture, {"inference=d0"}, options);
  ASSERT_EQ(ended.report.events.at(0).method, Method::excess);
  EXPECT_EQ(ended.report.events[0].count, 2);
  ASSERT_THAT(codes(ended.report), Contains("events_left_out"));
  options.goes_on = true;
  const Analysis live = analyse(capture, {"inference=d0"}, options);
  EXPECT_EQ(live.report.events[0].count, 1);
  EXPECT_EQ(live.report.events[0].energy_left_out, 0);
  ASSERT_EQ(live.rows.size(), 1U);
  EXPECT_EQ(live.rows[0].energy_j, ended.rows[0].energy_j);
  EXPECT_EQ(live.report.idle.current_a.mean, ended.report.idle.current_a.mean);
  EXPECT_THAT(codes(live.report), testing::Not(Contains("events_left_out")));
}

TEST(BuildReport, FindsNoFaultWithAnEventThatIsUnderWayWhileTheRecordingGoesOn) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, {{0.3, 0.4, 9e-3}, {0.9, 1.1, 9e-3}}};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3});
  mark_all(capture, 0, {waveform.pulses[0]});
  ASSERT_TRUE(capture.accept(Edge{900'000'000, 0, LineId{0}, true}));
  ReportOptions options;
  const Report ended = analyse(capture, {"inference=d0"}, options).report;
  EXPECT_EQ(ended.quality.grade, QualityGrade::degraded);
  EXPECT_THAT(codes(ended), Contains("time_in_doubt"));
  options.goes_on = true;
  const Report live = analyse(capture, {"inference=d0"}, options).report;
  EXPECT_THAT(codes(live), testing::Not(Contains("time_in_doubt")));
  EXPECT_EQ(live.quality.grade, QualityGrade::good);
  EXPECT_THAT(live.quality.anomalies, testing::IsEmpty());
  EXPECT_EQ(live.idle.power_w.mean, ended.idle.power_w.mean);
  EXPECT_EQ(live.idle.current_a.mean, ended.idle.current_a.mean);
}

TEST(BuildReport, NamesNoFlagInASentence) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.duration_s = 1, .aperture_s = 1e-3});
  ReportOptions options;
  options.windows = {{"w", {900'000'000, 1'100'000'000}}, {"w", {100'000'000, 300'000'000}}};
  const Report report = analyse(capture, {}, options).report;
  const auto found = std::ranges::find(report.findings, "events_left_out", &Finding::code);
  ASSERT_NE(found, report.findings.end());
  EXPECT_EQ(found->message, "'w': 1 of 2 windows are left out of the energies (outside capture).");
}

TEST(BuildReport, LeavesEventsInWhichTheInstrumentClippedOut) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(4, 0.1, 0.2, 0.1, 9e-3)};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3});
  mark_all(capture, 0, waveform.pulses);
  ASSERT_TRUE(capture.accept(Anomaly{AnomalyKind::over_range,
                                     Severity::data_loss,
                                     ChannelId{0},
                                     {310'000'000, 311'000'000},
                                     310,
                                     1,
                                     "range exceeded"}));
  ReportOptions options;
  options.useful = "inference";
  const Report report = analyse(capture, {"inference=d0"}, options).report;
  EXPECT_EQ(report.events.at(0).energy_j.n, 3);
  EXPECT_THAT(report.events[0].flags, ElementsAre("clipped"));
  EXPECT_THAT(codes(report), Contains("clipped_time"));
  EXPECT_TRUE(report.useful_event.energy_j.has_value());  // a lower bound, of which no interval speaks
  EXPECT_FALSE(report.useful_event.ci95.has_value());
}

TEST(BuildReport, ThePeakIsOfSamplesThatTheEventHasForItself) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, {{0.1, 0.1005, 5e-3}, {0.1005, 0.2, 20e-3}, {0.5, 0.5004, 7e-3}}};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3});
  test::mark(capture, 0, 0.098, 0.1005);  // the last sample it touches is half the neighbour's
  test::mark(capture, 1, 0.5, 0.5004);    // no sample is its own
  const Analysis analysis = analyse(capture, {"a=d0", "b=d1"});
  EXPECT_NEAR(*analysis.rows.at(0).peak_current_a, 1e-3, 1e-8);
  EXPECT_NEAR(*analysis.rows.at(1).peak_current_a, (0.4 * 7e-3 + 1e-3), 1e-8);
}

TEST(BuildReport, APauseOfUnknownLengthIsNoLoss) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(4, 0.1, 0.2, 0.05, 9e-3)};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3, .gaps_s = {{0.6, 0.601}}});
  mark_all(capture, 0, waveform.pulses);
  ASSERT_TRUE(capture.accept(Anomaly{
      AnomalyKind::gap, Severity::info, ChannelId{0}, {600'000'000, 601'000'000}, 600, 1, "a pause"}));
  const Report report = analyse(capture).report;
  EXPECT_EQ(report.capture.primary.lost_samples, 0);
  EXPECT_NEAR(report.capture.lost_s, 0, 1e-9);
  EXPECT_EQ(report.quality.grade, QualityGrade::good);
}

TEST(BuildReport, UnevenSamplesHaveAMeanRate) {
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "slow.current";
  info.channels[0].timed = true;
  info.channels[0].rate_hz = 1;  // the commonest interval's
  ASSERT_TRUE(capture.begin(info));
  const std::vector<float> values{1, 2, 6};
  const std::vector<TimeNs> stamps{0, 1'000'000'000, 4'000'000'000};
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, values, stamps}));
  ASSERT_TRUE(capture.end(EndReason::completed));
  const CaptureReport described = analyse(capture, {}).report.capture;
  EXPECT_NEAR(*described.primary.rate_hz, 3 / described.duration_s, 1e-12);
}

TEST(BuildReport, TellsChargeButNoEnergyWithoutAVoltage) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(4, 0.1, 0.2, 0.1, 9e-3)};
  test::record(capture, waveform, {.duration_s = 1, .aperture_s = 1e-3, .voltage_v = 0});
  mark_all(capture, 0, waveform.pulses);
  const Report report = analyse(capture).report;
  EXPECT_EQ(report.events.at(0).energy_j.n, 0);
  EXPECT_FALSE(report.events[0].net_energy_j.mean.has_value());
  EXPECT_NEAR(*report.events[0].charge_c.mean, 10e-3 * 0.1, 1e-9);
  EXPECT_FALSE(report.idle.power_w.mean.has_value());
  EXPECT_NEAR(*report.idle.current_a.mean, 1e-3, 1e-9);
  EXPECT_TRUE(report.useful_event.shares.empty());
  EXPECT_THAT(codes(report), Contains("no_voltage"));
}

TEST(BuildReport, ReadsChannelsOfEnergyPerInterval) {
  MemoryCapture capture;
  CaptureInfo info;
  Channel channel;
  channel.name = "emon.energy";
  channel.quantity = Quantity::energy;
  channel.rate_hz = 1000;
  channel.scale = 1e-6;
  info.channels = {channel};
  info.supply = {1.8, VoltageBasis::setpoint};
  info.lines = {{LineId{0}, ""}};
  ASSERT_TRUE(capture.begin(info));
  std::vector<float> microjoules(1000, 2.0F);
  std::fill(microjoules.begin() + 300, microjoules.begin() + 500, 20.0F);
  ASSERT_TRUE(capture.accept(SampleBlock{ChannelId{0}, 0, microjoules, {}}));
  test::edge(capture, 0, 0.0101, false);  // falling edges alone, the first from a handshake
  test::edge(capture, 0, 0.3, false);
  test::edge(capture, 0, 0.5, false);
  ASSERT_TRUE(capture.accept(MetadataItem{"event.inference", "d0,pair=falling,skip=1,repeat=4"}));

  const Report report = analyse(capture, {}).report;
  const EventReport& event = report.events.at(0);
  EXPECT_EQ(event.count, 1);
  EXPECT_NEAR(*event.energy_j.mean, 200 * 20e-6 / 4, 1e-12);
  EXPECT_NEAR(*event.charge_c.mean, 200 * 20e-6 / 1.8 / 4, 1e-12);
  EXPECT_NEAR(*report.idle.power_w.mean, 2e-3, 1e-9);
  EXPECT_FALSE(event.energy_j.ci95.has_value());
}

TEST(BuildReport, RefusesACaptureWithoutSamples) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.duration_s = 0});
  const auto analysis = build_report(capture, {});
  ASSERT_FALSE(analysis.has_value());
  EXPECT_EQ(analysis.error().code, ErrorCode::inadequate);
}

TEST(BuildReport, RefusesAUsefulEventThatNobodyNamed) {
  MemoryCapture capture;
  test::record(capture, {1e-3, {}}, {.duration_s = 0.1});
  ReportOptions options;
  options.useful = "keyword";
  EXPECT_EQ(build_report(capture, options).error().code, ErrorCode::usage);
}

TEST(BuildReport, FallsBackToTheIntegralWhereGuardsOfNeighboursOverlap) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(30, 0.1, 0.0105, 0.0101, 9e-3)};  // 0.4 ms apart, 1 ms samples
  test::record(capture, waveform, {.duration_s = 0.6, .aperture_s = 1e-3});
  mark_all(capture, 0, waveform.pulses);
  const Report report = analyse(capture).report;
  EXPECT_EQ(report.events.at(0).method, Method::integral);
  EXPECT_THAT(report.events[0].flags, Contains("not_isolated"));
  EXPECT_THAT(codes(report), Contains("not_isolated"));
  const double truth_j = k_volts * 10e-3 * 0.0101;
  EXPECT_NEAR(*report.events[0].energy_j.mean, truth_j, truth_j * *report.events[0].adequacy.bound_rel);
}

// What a person took away is gone, whether or not the file could be changed.
TEST(BuildReport, TakesNothingFromTheCaptureWhenItIsToldAll) {
  MemoryCapture capture;
  const Waveform waveform{1e-3, train(5, 0.1, 0.2, 0.1, 9e-3)};
  test::record(capture, waveform,
               {.rate_hz = 1000, .duration_s = 1.1, .aperture_s = 1e-3, .voltage_v = k_volts});
  mark_all(capture, 0, waveform.pulses);
  ASSERT_TRUE(capture.accept(MetadataItem{"event.inference", "d0"}));
  ASSERT_TRUE(capture.accept(MetadataItem{"useful", "inference"}));
  ASSERT_TRUE(capture.accept(Marker{"boot", MarkerKind::begin, MarkerSource::person, 0}));
  ASSERT_TRUE(capture.accept(Marker{"boot", MarkerKind::end, MarkerSource::person, 50'000'000}));
  EXPECT_EQ(analyse(capture, {}).report.events.size(), 2U);

  ReportOptions all;
  all.complete = true;
  const Report report = analyse(capture, {}, all).report;
  EXPECT_EQ(report.events.size(), 0U);
  EXPECT_EQ(report.useful_event.name, std::nullopt);
  all.windows = {{"run", {0, 50'000'000}}};
  const Report with_window = analyse(capture, {}, all).report;
  ASSERT_EQ(with_window.events.size(), 1U);
  EXPECT_EQ(with_window.events[0].name, "run");
}

}  // namespace
}  // namespace joulemark
