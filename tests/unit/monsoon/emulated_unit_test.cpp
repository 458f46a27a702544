// SPDX-License-Identifier: Apache-2.0
// The instrument against the byte-exact model of a unit, in one process and on simulated time. The model was
// written apart from the driver: what both agree on is not a mistake of one of them.
#include <drivers/emulator/monsoon_faults.h>
#include <drivers/emulator/monsoon_model.h>
#include <drivers/emulator/monsoon_scenario.h>
#include <drivers/monsoon/monsoon_instrument.h>

#include <tests/support/emulated_device.h>
#include <tests/unit/monsoon/lab_sink.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace joulemark::monsoon {
namespace {

using testing::Contains;
using testing::IsEmpty;

struct EmulatedLab {
  explicit EmulatedLab(const std::vector<std::string>& faults = {},
                       const std::string& scenario = "constant:2mA",
                       emulator::MonsoonKind kind = emulator::MonsoonKind::hvpm) {
    emulator::MonsoonSettings settings;
    settings.kind = kind;
    const auto parsed = emulator::parse_monsoon_faults(faults);
    EXPECT_TRUE(parsed);
    settings.sampler.faults = *parsed;
    auto load = emulator::make_monsoon_scenario(scenario, 1);
    EXPECT_TRUE(load);
    model = std::make_unique<emulator::MonsoonModel>(settings, std::move(*load), emulator::MonsoonObserver{});
    EXPECT_TRUE(model->advance(time.now_ns));
    time.now_ns += 20'000'000;
  }
  Result<EndReason> record(const std::vector<std::string>& options, double seconds) {
    const auto values = OptionValues::parse(options, option_specs());
    const auto settings = read_settings(*values);
    auto instrument = MonsoonInstrument::open(
        "monsoon:", std::make_unique<test::EmulatedDevice>(*model, time), *settings, {}, time);
    if (!instrument) return tl::make_unexpected(instrument.error());
    test::StoppingSink sink(*capture, static_cast<std::int64_t>(seconds * 5000));
    JM_TRY(sink.begin((*instrument)->info()));
    auto ended = (*instrument)->run(sink, sink.stop.get_token());
    EXPECT_TRUE(sink.end(ended.value_or(EndReason::failed)));
    return ended;
  }
  double mean(ChannelId channel) {
    const auto extent = capture->extent(channel);
    const auto summary = capture->summarize(channel, extent->indices);
    return summary->mean() * capture->info().channels[channel.value].scale;
  }
  std::vector<AnomalyKind> anomalies() {
    std::vector<AnomalyKind> kinds;
    const auto all = capture->anomalies();
    for (const Anomaly& each : *all)
      kinds.push_back(each.kind);
    return kinds;
  }
  std::int64_t lost() { return capture->extent(ChannelId{0})->lost_samples; }

  test::FakeTime time;
  std::unique_ptr<emulator::MonsoonModel> model;
  std::unique_ptr<MemoryCapture> capture = std::make_unique<MemoryCapture>();
};

TEST(EmulatedMonsoon, IsReadToWithinATenthOfAPercentInBothRanges) {
  for (const auto kind : {emulator::MonsoonKind::hvpm, emulator::MonsoonKind::lvpm}) {
    for (const auto& [scenario, amperes] :
         std::vector<std::pair<std::string, double>>{{"constant:2mA", 2e-3}, {"constant:300mA", 0.3}}) {
      EmulatedLab lab({}, scenario, kind);
      const auto ended = lab.record({"vout=3.7"}, 10);
      ASSERT_TRUE(ended) << ended.error().message;
      EXPECT_NEAR(lab.mean(ChannelId{0}), amperes, amperes * 1e-3) << scenario;
      EXPECT_NEAR(lab.mean(ChannelId{1}), 3.7, 3.7e-3);
      EXPECT_EQ(lab.lost(), 0);
      EXPECT_EQ(lab.model->counters().violations, 0);
      EXPECT_EQ(lab.model->counters().dropped, 0);
    }
  }
}

TEST(EmulatedMonsoon, GivesTheOtherTwoCurrentsToo) {
  EmulatedLab lab;
  ASSERT_TRUE(lab.record({"vout=3.7", "channels=main,usb,aux"}, 2));
  EXPECT_NEAR(lab.mean(ChannelId{2}), 5e-3, 5e-6 + 5e-3 * 1e-3);
  EXPECT_NEAR(lab.mean(ChannelId{4}), 1e-3, 5e-6 + 1e-3 * 1e-3);
}

TEST(EmulatedMonsoon, ShowsEachFaultAsItsAnomaly) {
  struct Case {
    std::vector<std::string> faults;
    AnomalyKind kind;
    std::int64_t lost;
  };
  for (const Case& each :
       {Case{{"drop:37@3s"}, AnomalyKind::gap, 37}, Case{{"lose:4@2s"}, AnomalyKind::gap, 12},
        Case{{"wrap@2s"}, AnomalyKind::gap, 12}, Case{{"corrupt@2s"}, AnomalyKind::protocol, 3},
        Case{{"trip@2s"}, AnomalyKind::instrument_fault, 0},
        Case{{"drift:300"}, AnomalyKind::clock_drift, 0}}) {
    EmulatedLab lab(each.faults);
    const auto ended = lab.record({"vout=3.7"}, 12);
    ASSERT_TRUE(ended) << each.faults[0] << ": " << ended.error().message;
    EXPECT_THAT(lab.anomalies(), Contains(each.kind)) << each.faults[0];
    EXPECT_EQ(lab.lost(), each.lost) << each.faults[0];
    EXPECT_EQ(lab.model->counters().violations, 0);
  }
}

// How a recording ended, in a word.
std::string_view outcome(const Result<EndReason>& ended) {
  if (ended) return name_of(*ended);
  return ended.error().code == ErrorCode::unsafe ? "unsafe" : "protocol";
}

TEST(EmulatedMonsoon, EndsAsItMustAndNeverPutsTheTargetAtRisk) {
  const std::vector<std::pair<std::string, std::string_view>> cases{
      {"stall@2s", "stalled"},          {"unplug@2s", "unplugged"},        {"unplug@list", "protocol"},
      {"unplug@configure", "protocol"}, {"unplug@calibrate", "unplugged"}, {"unplug@sample", "unplugged"},
      {"unplug@stop", "unplugged"},     {"no-calibration", "protocol"},    {"bad-daccal", "unsafe"},
      {"start-sampling", "interrupted"}};
  for (const auto& [fault, expected] : cases) {
    EmulatedLab lab({fault});
    EXPECT_EQ(outcome(lab.record({"vout=3.7", "vout_at_end=off"}, 4)), expected) << fault;
    EXPECT_EQ(lab.model->counters().violations, 0) << fault;
  }
}

TEST(EmulatedMonsoon, TakesTwoHundredStartsAndStops) {
  EmulatedLab lab;
  for (int i = 0; i < 200; ++i) {
    lab.capture = std::make_unique<MemoryCapture>();
    ASSERT_TRUE(lab.record({}, 0.05)) << i;
    lab.time.now_ns += 1'000'000;
  }
  EXPECT_EQ(lab.model->counters().violations, 0);
  EXPECT_EQ(lab.model->output_v(), 0);
}

}  // namespace
}  // namespace joulemark::monsoon
