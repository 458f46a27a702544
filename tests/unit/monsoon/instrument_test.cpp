// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/monsoon_instrument.h>

#include <tests/unit/monsoon/fake_unit.h>
#include <tests/unit/monsoon/lab_sink.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace joulemark::monsoon {
namespace {

using test::FakeTime;
using test::FakeUnit;
using test::StoppingSink;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Settings settings_of(const std::vector<std::string>& texts) {
  const auto values = OptionValues::parse(texts, option_specs());
  EXPECT_TRUE(values) << values.error().message;
  const auto settings = read_settings(*values);
  EXPECT_TRUE(settings) << settings.error().message;
  return *settings;
}

struct Lab {
  Result<std::unique_ptr<Instrument>> open(const std::vector<std::string>& options = {}) {
    return MonsoonInstrument::open("monsoon:", test::make_fake_device(unit, time), settings_of(options), {},
                                   time);
  }
  Result<EndReason> record(const std::vector<std::string>& options = {}, double seconds = 2) {
    auto instrument = open(options);
    if (!instrument) return tl::make_unexpected(instrument.error());
    (*instrument)->on_news([this](const std::string& sentence) { news.push_back(sentence); });
    StoppingSink sink(capture, static_cast<std::int64_t>(seconds * 5000));
    JM_TRY(sink.begin((*instrument)->info()));
    auto ended = (*instrument)->run(sink, sink.stop.get_token());
    EXPECT_TRUE(sink.end(ended.value_or(EndReason::failed)));
    return ended;
  }
  std::string metadata(const std::string& key) {
    const auto items = capture.metadata();
    for (const MetadataItem& item : *items)
      if (item.key == key) return item.value;
    return "(none)";
  }
  std::vector<AnomalyKind> anomalies() {
    std::vector<AnomalyKind> kinds;
    const auto all = capture.anomalies();
    for (const Anomaly& each : *all)
      kinds.push_back(each.kind);
    return kinds;
  }
  std::int64_t samples() { return capture.extent(ChannelId{0})->samples; }
  std::int64_t lost() { return capture.extent(ChannelId{0})->lost_samples; }

  FakeUnit unit;
  FakeTime time;
  MemoryCapture capture;
  std::vector<std::string> news;
};

TEST(MonsoonInstrument, RecordsEverySampleInAmperesAndVolts) {
  Lab lab;
  const auto ended = lab.record();
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(*ended, EndReason::interrupted);
  EXPECT_GE(lab.samples(), 10000);
  EXPECT_EQ(lab.lost(), 0);
  const auto& info = lab.capture.info();
  ASSERT_EQ(info.channels.size(), 2u);
  EXPECT_EQ(info.channels[0].name, "monsoon.current");
  EXPECT_EQ(info.channels[1].name, "monsoon.voltage");
  EXPECT_EQ(info.supply.basis, VoltageBasis::measured);
  EXPECT_EQ(info.instrument.model, "HVPM");
  EXPECT_EQ(info.instrument.serial, "20519");
  EXPECT_FALSE(info.channels[0].aperture_s.known());
  const auto current =
      lab.capture.integrals(k_current, std::vector{TimeRange{0, 20'000'000}}, Boundary::fractional);
  ASSERT_TRUE(current);
  const double amperes = (20000 - 2025) * 36.5e-3 / (60480 - 2025);
  EXPECT_NEAR(current->front().mean(), amperes, amperes * 1e-7);
  const auto power =
      lab.capture.integrals(k_power, std::vector{TimeRange{0, 20'000'000}}, Boundary::fractional);
  EXPECT_NEAR(power->front().mean(), amperes * 3.3, amperes * 4e-7);
  EXPECT_FALSE(lab.unit.sampling);
}

TEST(MonsoonInstrument, NeverTouchesTheOutputUnlessAsked) {
  Lab lab;
  lab.unit.parameters[0x41] = 4 << 20;
  ASSERT_TRUE(lab.open());
  ASSERT_TRUE(lab.record());
  EXPECT_THAT(lab.unit.outputs, IsEmpty());
  EXPECT_EQ(lab.metadata("instrument.vout_before_v"), "4");
  EXPECT_EQ(lab.metadata("instrument.vout_after_v"), "4");
}

TEST(MonsoonInstrument, OpeningChangesNoSetting) {
  Lab lab;
  ASSERT_TRUE(lab.open({"vout=3.7", "current_limit=2A", "passthrough=on", "marker=aux-voltage"}));
  EXPECT_THAT(lab.unit.orders, ElementsAre("stop"));
}

TEST(MonsoonInstrument, SetsTheVoltageBeforeSamplingAndLeavesItOn) {
  Lab lab;
  ASSERT_TRUE(lab.record({"vout=3.7"}));
  EXPECT_THAT(lab.unit.outputs, ElementsAre(testing::DoubleNear(3.7, 1e-6)));
  EXPECT_THAT(lab.unit.orders, Contains("set 0x41 3879731"));  // 0x003B3333
  EXPECT_EQ(lab.unit.hazards, 0);
  EXPECT_THAT(lab.news, Contains("main output: 0 V before, 3.7 V after"));
}

TEST(MonsoonInstrument, SwitchesOffOrRestoresAtTheEndWhenAsked) {
  Lab off;
  ASSERT_TRUE(off.record({"vout=3.7", "vout_at_end=off"}));
  EXPECT_THAT(off.unit.outputs, ElementsAre(testing::DoubleNear(3.7, 1e-6), 0));
  Lab restore;
  restore.unit.parameters[0x41] = 4 << 20;
  ASSERT_TRUE(restore.record({"vout=3.7V", "vout_at_end=restore"}));
  EXPECT_THAT(restore.unit.outputs, ElementsAre(testing::DoubleNear(3.7, 1e-6), 4));
  EXPECT_EQ(off.unit.hazards + restore.unit.hazards, 0);
}

TEST(MonsoonInstrument, RefusesAVoltageWhenTheDacCalibrationIsOutOfTolerance) {
  for (const auto& [opcode, value] : std::vector<std::pair<int, std::uint32_t>>{
           {0x88, 0xD000}, {0x88, 0xF000}, {0x88, 0}, {0x89, 0xC000}, {0x89, 0xD000}, {0x89, 0xFFFF}}) {
    Lab lab;
    lab.unit.parameters[opcode] = value;
    const auto refused = lab.record({"vout=3.7"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unsafe);
    EXPECT_THAT(lab.unit.outputs, IsEmpty());
    EXPECT_TRUE(lab.record()) << "but it still measures";
    EXPECT_TRUE(lab.record({"vout=0"})) << "and can be switched off";
  }
}

TEST(MonsoonInstrument, ChecksTheVoltageAgainstTheModel) {
  for (const char* vout : {"0.79", "13.51", "16"}) {
    Lab hvpm;
    const auto refused = hvpm.record({std::string("vout=") + vout});
    ASSERT_FALSE(refused) << vout;
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
  }
  for (const char* vout : {"2.0", "4.56", "0.8"}) {
    Lab lvpm;
    lvpm.unit.parameters = FakeUnit::lvpm_parameters();
    const auto refused = lvpm.record({std::string("vout=") + vout});
    ASSERT_FALSE(refused) << vout;
    EXPECT_THAT(refused.error().message, HasSubstr("LVPM"));
    EXPECT_THAT(lvpm.unit.outputs, IsEmpty());
  }
}

TEST(MonsoonInstrument, FailsWhenTheUnitDoesNotTakeTheVoltage) {
  Lab lab;
  lab.unit.ignores_voltage = true;
  const auto failed = lab.record({"vout=3.7"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::protocol);
  EXPECT_FALSE(lab.unit.sampling);
}

TEST(MonsoonInstrument, EncodesCurrentLimitsAsTheVendorDoes) {
  Lab hvpm;
  ASSERT_TRUE(hvpm.record({"current_limit=8A"}));
  EXPECT_EQ(hvpm.unit.parameters[0x44], 35427u);
  EXPECT_EQ(hvpm.unit.parameters[0x43], 35427u);
  Lab lvpm;
  lvpm.unit.parameters = FakeUnit::lvpm_parameters();
  ASSERT_TRUE(lvpm.record({"current_limit=8A"}));
  EXPECT_EQ(lvpm.unit.parameters[0x44], 0u);
  Lab too_much;
  EXPECT_FALSE(too_much.record({"current_limit=15.1A"}));
}

TEST(MonsoonInstrument, StopsAUnitThatADeadProcessLeftSampling) {
  Lab lab;
  lab.unit.sampling = true;
  const auto ended = lab.record({"vout=3.7"});
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(lab.metadata("instrument.found_sampling"), "yes");
  EXPECT_EQ(lab.unit.hazards, 0);
  EXPECT_EQ(lab.lost(), 0);
}

TEST(MonsoonInstrument, OrdersTheStopAgainWhenItIsIgnored) {
  Lab lab;
  lab.unit.sampling = true;
  lab.unit.stops_ignored = 2;
  ASSERT_TRUE(lab.record({"vout=3.7"}));
  EXPECT_EQ(lab.unit.hazards, 0);
  Lab stubborn;
  stubborn.unit.sampling = true;
  stubborn.unit.stops_ignored = 1000;
  const auto failed = stubborn.record({"vout=3.7"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::protocol);
  EXPECT_THAT(stubborn.unit.outputs, IsEmpty());
}

TEST(MonsoonInstrument, WaitsOutTheSampleModeOfFirmwareThatCannotBeAsked) {
  Lab lab;
  lab.unit.parameters[0xC0] = 20;
  lab.unit.leaves_in_ns = 800'000'000;
  lab.unit.sampling = true;
  ASSERT_TRUE(lab.record({"vout=3.7", "vout_at_end=off"}));
  EXPECT_EQ(lab.unit.outputs.size(), 2u);
  EXPECT_EQ(lab.unit.hazards, 0);
  Lab stalled;
  stalled.unit.parameters[0xC0] = 20;
  stalled.unit.leaves_in_ns = 800'000'000;
  stalled.unit.stall_at_slot = 5000;
  ASSERT_TRUE(stalled.record({"vout=3.7", "vout_at_end=off"}, 60));
  EXPECT_EQ(stalled.unit.outputs.size(), 2u);
  EXPECT_EQ(stalled.unit.hazards, 0) << "it goes on sampling, without a packet to show it";
}

TEST(MonsoonInstrument, ChangesNothingWhenAskedToStopWhileItWasOpened) {
  Lab lab;
  const auto instrument = lab.open({"vout=3.7", "passthrough=on"});
  ASSERT_TRUE(instrument);
  StoppingSink sink(lab.capture, 5000);
  ASSERT_TRUE(sink.begin((*instrument)->info()));
  sink.stop.request_stop();
  const auto ended = (*instrument)->run(sink, sink.stop.get_token());
  ASSERT_TRUE(ended);
  EXPECT_EQ(*ended, EndReason::interrupted);
  EXPECT_THAT(lab.unit.orders, ElementsAre("stop"));
}

TEST(MonsoonInstrument, EndsAsStalledWhenNothingThatComesCanBeRead) {
  Lab lab;
  lab.unit.unreadable_from_slot = 5000;
  const auto ended = lab.record({}, 60);
  ASSERT_TRUE(ended);
  EXPECT_EQ(*ended, EndReason::stalled);
  EXPECT_GT(lab.samples(), 4980);
  EXPECT_THAT(lab.anomalies(), Contains(AnomalyKind::protocol));
}

TEST(MonsoonInstrument, EndsAsStalledAfterFiveSilentSeconds) {
  Lab lab;
  lab.unit.stall_at_slot = 5000;
  const auto ended = lab.record({"vout=3.7"}, 60);
  ASSERT_TRUE(ended);
  EXPECT_EQ(*ended, EndReason::stalled);
  EXPECT_NEAR(to_seconds(lab.time.now_ns - FakeTime().now_ns), 1 + 5, 1);
  EXPECT_GT(lab.samples(), 4980);
  EXPECT_FALSE(lab.unit.sampling);
}

TEST(MonsoonInstrument, EndsAsUnpluggedAndKeepsWhatCame) {
  Lab lab;
  lab.unit.unplug_at_slot = 5000;
  const auto ended = lab.record({}, 60);
  ASSERT_TRUE(ended);
  EXPECT_EQ(*ended, EndReason::unplugged);
  EXPECT_GT(lab.samples(), 4980);
}

TEST(MonsoonInstrument, SurvivesBeingUnpluggedAtEveryRequest) {
  Lab whole;
  ASSERT_TRUE(whole.record({"vout=3.7", "vout_at_end=restore", "current_limit=1A"}, 0.1));
  for (std::int64_t request = 0; request < whole.unit.requests; ++request) {
    Lab lab;
    lab.unit.unplug_at_request = request;
    const auto ended = lab.record({"vout=3.7", "vout_at_end=restore", "current_limit=1A"}, 0.1);
    EXPECT_EQ(lab.unit.hazards, 0);
    if (ended) {
      EXPECT_TRUE(*ended == EndReason::unplugged || *ended == EndReason::interrupted) << request;
    } else {
      EXPECT_EQ(ended.error().code, ErrorCode::protocol) << request;
    }
  }
}

TEST(MonsoonInstrument, PlacesWhatTheUnitDropped) {
  Lab lab;
  lab.unit.drop_at_slot = 7000;
  lab.unit.drop_count = 37;
  ASSERT_TRUE(lab.record());
  EXPECT_EQ(lab.lost(), 37);
  EXPECT_THAT(lab.anomalies(), Contains(AnomalyKind::gap));
}

TEST(MonsoonInstrument, RecordsACorruptPacketAndGoesOn) {
  Lab lab;
  lab.unit.corrupt_packet_at_slot = 7000;
  const auto ended = lab.record();
  ASSERT_TRUE(ended);
  EXPECT_THAT(lab.anomalies(), Contains(AnomalyKind::protocol));
  EXPECT_EQ(lab.lost(), 3);
}

TEST(MonsoonInstrument, GivesUpOnAUnitThatNeverCalibratesAndStopsIt) {
  Lab lab;
  lab.unit.calibrates = false;
  const auto failed = lab.record({"vout=3.7", "vout_at_end=off"}, 60);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::protocol);
  EXPECT_THAT(failed.error().message, HasSubstr("calibration"));
  EXPECT_FALSE(lab.unit.sampling);
  EXPECT_EQ(lab.unit.outputs.back(), 0);
}

TEST(MonsoonInstrument, FindsAClockThatIsTooFast) {
  Lab good;
  ASSERT_TRUE(good.record({}, 20));
  EXPECT_THAT(good.anomalies(), testing::Not(Contains(AnomalyKind::clock_drift)));
  Lab fast;
  fast.unit.slot_ns = 200'000 / (1 + 300e-6);
  ASSERT_TRUE(fast.record({}, 20));
  EXPECT_THAT(fast.anomalies(), Contains(AnomalyKind::clock_drift));
  EXPECT_NEAR(std::stod(fast.metadata("instrument.clock_drift_ppm")), 300, 1);
  EXPECT_GE(fast.capture.clock_points()->size(), 4u);
}

TEST(MonsoonInstrument, ReadsMarkersFromTheUsbVoltageAndCutsPassthrough) {
  Lab lab;
  lab.unit.words = [](std::int64_t slot) {
    return test::measurement(20000, 0, slot / 500 % 2 == 1 ? 26400 : 0);
  };
  ASSERT_TRUE(lab.record({"marker=usb-voltage,threshold=1.5"}, 0.5));
  EXPECT_EQ(lab.unit.parameters[0x10], 0u);
  EXPECT_THAT(lab.news, Contains("USB passthrough: off"));
  std::vector<Edge> edges;
  ASSERT_TRUE(lab.capture.edges(k_all_time, [&](std::span<const Edge> some) {
    edges.insert(edges.end(), some.begin(), some.end());
    return Status();
  }));
  ASSERT_GE(edges.size(), 4u);
  EXPECT_EQ(edges[0],
            (Edge{(500 - 10) * 200'000, 200'000, LineId{0}, true}));  // ten slots of calibration first
  EXPECT_EQ(edges[1].time_ns - edges[0].time_ns, 100'000'000);
}

TEST(MonsoonInstrument, RecordsTheChannelsAskedFor) {
  Lab all;
  ASSERT_TRUE(all.record({"channels=aux,main,usb"}, 0.1));
  std::vector<std::string> names;
  for (const Channel& channel : all.capture.info().channels)
    names.push_back(channel.name);
  EXPECT_THAT(names, ElementsAre("monsoon.current", "monsoon.voltage", "monsoon.usb_current",
                                 "monsoon.usb_voltage", "monsoon.aux_current"));
}

TEST(MonsoonInstrument, DoesNotTakeAnotherRailsVoltageForTheMainOne) {
  Lab lab;
  ASSERT_TRUE(lab.record({"channels=main,usb", "marker=aux-voltage", "vout=3.7"}, 0.1));
  EXPECT_EQ(lab.unit.parameters[0x23], 1u);
  const CaptureInfo& info = lab.capture.info();
  for (const Channel& channel : info.channels)
    EXPECT_EQ(channel.quantity, Quantity::current) << channel.name;
  EXPECT_EQ(info.supply, (Supply{3.7, VoltageBasis::setpoint}));
}

TEST(MonsoonSettings, RefusesWhatMakesNoSense) {
  const auto refused = [](std::vector<std::string> texts) {
    const auto values = OptionValues::parse(texts, option_specs());
    const auto settings = values ? read_settings(*values) : tl::make_unexpected(values.error());
    EXPECT_FALSE(settings) << texts[0];
    return settings ? "" : settings.error().message;
  };
  EXPECT_THAT(refused({"vout=red"}), HasSubstr("vout"));
  EXPECT_THAT(refused({"vout=-3"}), HasSubstr("vout"));
  EXPECT_THAT(refused({"vout=nan"}), HasSubstr("vout"));
  EXPECT_THAT(refused({"vout_at_end=off"}), HasSubstr("never touched"));
  EXPECT_THAT(refused({"channels=main,left"}), HasSubstr("main, usb, aux"));
  EXPECT_THAT(refused({"channels=main,main"}), HasSubstr("twice"));
  EXPECT_THAT(refused({"marker=usb-voltage,threshold=1.5", "passthrough=auto"}),
              HasSubstr("passthrough=off"));
  EXPECT_THAT(refused({"marker=usb-voltage,level=1.5"}), HasSubstr("level"));
  EXPECT_THAT(refused({"marker=usb-voltage,threshold=1,hysteresis=2"}), HasSubstr("hysteresis"));
}

}  // namespace
}  // namespace joulemark::monsoon
