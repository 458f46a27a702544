// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/serial_decoder.h>
#include <drivers/monsoon/serial_frames.h>
#include <drivers/monsoon/serial_instrument.h>
#include <drivers/transport/serial/find_ports.h>
#include <drivers/transport/serial/serial_port.h>

#include <tests/support/temporary_folder.h>
#include <tests/unit/monsoon/lab_sink.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

namespace joulemark::monsoon {
namespace {

using testing::ElementsAre;

using Bytes = std::vector<std::byte>;

Bytes bytes(std::initializer_list<int> values) {
  Bytes result;
  for (const int value : values)
    result.push_back(std::byte(value));
  return result;
}

struct Record {
  int current = 0;  // as sent: bit 0 set is coarse
  int voltage = 29600;
};

Bytes data_payload(int sequence, int type, const std::vector<Record>& records) {
  Bytes payload = bytes({0x20 | (sequence & 0x0F), type, 0, 0});
  for (const Record& record : records) {
    for (const int word : {record.current, 0, 0, record.voltage}) {
      payload.push_back(std::byte(word >> 8));
      payload.push_back(std::byte(word));
    }
  }
  payload.push_back(std::byte{0});
  return payload;
}

Bytes framed(const Bytes& payload) {
  Bytes frame;
  frame.reserve(payload.size() + 2);
  frame.push_back(std::byte(payload.size() + 1));
  for (const std::byte each : payload)
    frame.push_back(each);
  unsigned sum = 0;
  for (const std::byte each : frame)
    sum += std::to_integer<unsigned>(each);
  frame.push_back(std::byte(sum));
  return frame;
}

// zero 100 fine and -50 coarse, reference 20100 fine and 9950 coarse
Bytes zero_payload(int sequence) {
  return data_payload(sequence, 1, {{100}, {-50}});
}
Bytes reference_payload(int sequence) {
  return data_payload(sequence, 2, {{20100}, {9950}});
}

double fine_ma(int raw) {
  return (raw - 100) * 33.2 / 20000;
}
double coarse_ma(int raw) {
  return (raw + 50) * 2880.0 / 10000;
}

TEST(LvpmFrames, AreMadeAsDocumented) {
  EXPECT_EQ(make_frame({1, 0, 0}), bytes({4, 1, 0, 0, 5}));
  EXPECT_EQ(make_frame({1, 1, 0xAA}), bytes({4, 1, 1, 0xAA, 0xB0}));
  EXPECT_EQ(make_frame({1, 0x1B, 1}), bytes({4, 1, 0x1B, 1, 0x21}));
  EXPECT_EQ(make_frame({2, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0xE8}),
            bytes({8, 2, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0xE8, 0xF1}));
  EXPECT_EQ(make_frame({3, 0}), bytes({3, 3, 0, 6}));
}

TEST(LvpmFrames, AreReadFromBytesCutAnywhere) {
  const Bytes stream = [] {
    Bytes all = framed(zero_payload(3));
    const Bytes second = framed(data_payload(4, 0, {{1000}, {2001}}));
    all.insert(all.end(), second.begin(), second.end());
    return all;
  }();
  for (std::size_t cut = 1; cut <= stream.size(); ++cut) {
    FrameReader frames;
    std::vector<Bytes> payloads;
    for (std::size_t at = 0; at < stream.size(); at += cut) {
      frames.feed(
          std::span(stream).subspan(at, std::min(cut, stream.size() - at)),
          [&](std::span<const std::byte> payload) { payloads.emplace_back(payload.begin(), payload.end()); });
    }
    EXPECT_THAT(payloads, ElementsAre(zero_payload(3), data_payload(4, 0, {{1000}, {2001}}))) << cut;
    EXPECT_EQ(frames.damaged(), 0);
  }
}

TEST(LvpmFrames, FallIntoStepAgainAfterDamage) {
  Bytes stream = framed(zero_payload(1));
  stream[7] ^= std::byte{0x40};
  for (int i = 2; i < 62; ++i) {
    const Bytes next = framed(zero_payload(i));
    stream.insert(stream.end(), next.begin(), next.end());
  }
  FrameReader frames;
  int good = 0;
  frames.feed(stream, [&](std::span<const std::byte>) { ++good; });
  EXPECT_GE(frames.damaged(), 1);
  EXPECT_EQ(good, 60);
}

struct SerialLab {
  SerialLab() : decoder(capture) {
    CaptureInfo info;
    info.channels.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
      info.channels[i].name = i == 0 ? "current" : "voltage";
      info.channels[i].rate_hz = 5000;
    }
    EXPECT_TRUE(capture.begin(info));
  }
  void calibrate() {
    for (int i = 0; i < 10; ++i) {
      now_ns += 2 * k_slot_ns;
      ASSERT_TRUE(decoder.accept(i < 5 ? zero_payload(sequence) : reference_payload(sequence), now_ns));
      ++sequence;
    }
  }
  std::vector<double> samples() {
    std::vector<double> all;
    EXPECT_TRUE(capture.read(ChannelId{0}, {0, 1LL << 40}, [&](const SampleBlock& block) {
      all.insert(all.end(), block.values.begin(), block.values.end());
      return Status();
    }));
    return all;
  }
  MemoryCapture capture;
  SerialDecoder decoder;
  int sequence = 0;
  TimeNs now_ns = 0;
};

TEST(LvpmSerialDecoder, ConvertsBothRangesAndBridgesCalibration) {
  SerialLab lab;
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}}), 0));  // kept until calibrated
  lab.calibrate();
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}, {3001}}), 0));
  ASSERT_TRUE(lab.decoder.accept(zero_payload(lab.sequence++), 0));
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{3001}}), 0));
  ASSERT_TRUE(lab.decoder.finish());
  const auto samples = lab.samples();
  ASSERT_EQ(samples.size(), 6u);  // the first calibration took 20 slots: too long to bridge
  EXPECT_NEAR(samples[0], fine_ma(5000), 1e-5);
  EXPECT_NEAR(samples[1], fine_ma(5000), 1e-5);
  EXPECT_NEAR(samples[2], coarse_ma(3000), 1e-3);
  EXPECT_NEAR(samples[5], coarse_ma(3000), 1e-3);
  EXPECT_EQ(lab.capture.extent(ChannelId{0})->lost_samples, 20);
}

TEST(LvpmSerialDecoder, SeesMissingPackets) {
  SerialLab lab;
  lab.calibrate();
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}, {5000}}), 0));
  lab.sequence += 3;
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}, {5000}}), 0));
  ASSERT_TRUE(lab.decoder.finish());
  EXPECT_EQ(lab.capture.extent(ChannelId{0})->lost_samples, 6);
}

TEST(LvpmSerialDecoder, KeepsWhatWasMissingBeforeItWasCalibrated) {
  SerialLab lab;
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}, {5000}}), 0));
  lab.sequence += 3;
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}, {5000}}), 0));
  lab.calibrate();
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}}), 0));
  ASSERT_TRUE(lab.decoder.finish());
  EXPECT_EQ(lab.capture.extent(ChannelId{0})->lost_samples, 3 * 2 + 20);  // and the first calibration
}

TEST(LvpmSerialDecoder, SaysWhenItWasStoppedBeforeItWasCalibrated) {
  SerialLab lab;
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}, {5000}}), 0));
  ASSERT_TRUE(lab.decoder.finish());
  const auto anomalies = lab.capture.anomalies();
  ASSERT_EQ(anomalies->size(), 1u);
  EXPECT_EQ(anomalies->front().kind, AnomalyKind::truncated);
  EXPECT_EQ(anomalies->front().count, 2);
}

TEST(LvpmSerialDecoder, GoesOnWhenTheOutputLeavesItsVoltage) {
  SerialLab lab;
  lab.calibrate();
  ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, {{5000}}), 0));
  Bytes off = data_payload(lab.sequence++, 0, {{5000}, {5000}});
  off[0] &= std::byte{0x1F};
  ASSERT_TRUE(lab.decoder.accept(off, 0));
  ASSERT_TRUE(lab.decoder.finish());
  EXPECT_EQ(lab.capture.extent(ChannelId{0})->samples, 3);
  const auto anomalies = lab.capture.anomalies();
  EXPECT_TRUE(std::ranges::any_of(
      *anomalies, [](const Anomaly& each) { return each.kind == AnomalyKind::instrument_fault; }));
}

TEST(LvpmSerialDecoder, WhatHappensBeforeItIsCalibratedHasItsPlace) {
  SerialLab lab;
  const auto measure = [&](int records, int flags) {
    Bytes payload =
        data_payload(lab.sequence++, 0, std::vector<Record>(static_cast<std::size_t>(records), Record{5000}));
    payload[0] = (payload[0] & std::byte{0x0F}) | std::byte(flags);
    ASSERT_TRUE(lab.decoder.accept(payload, lab.now_ns));
  };
  measure(10, 0x20);
  measure(10, 0x30);  // tripped, at 10
  measure(10, 0x10);  // no longer at its voltage, at 20
  ASSERT_TRUE(lab.decoder.damaged());
  measure(10, 0x20);
  lab.calibrate();
  measure(10, 0x20);
  ASSERT_TRUE(lab.decoder.finish());
  std::vector<std::pair<AnomalyKind, TimeNs>> told;
  const auto anomalies = lab.capture.anomalies();
  for (const Anomaly& each : *anomalies) {
    if (each.kind == AnomalyKind::instrument_fault || each.kind == AnomalyKind::crc_error)
      told.emplace_back(each.kind, each.time.begin_ns);
  }
  EXPECT_THAT(told, testing::UnorderedElementsAre(std::pair{AnomalyKind::instrument_fault, 10 * k_slot_ns},
                                                  std::pair{AnomalyKind::instrument_fault, 20 * k_slot_ns},
                                                  std::pair{AnomalyKind::crc_error, 30 * k_slot_ns}));
}

TEST(LvpmSerialDecoder, TellsWhatHappenedWhenItWasNeverCalibrated) {
  SerialLab lab;
  ASSERT_TRUE(lab.decoder.damaged());
  ASSERT_TRUE(lab.decoder.finish());
  const auto anomalies = lab.capture.anomalies();
  ASSERT_EQ(anomalies->size(), 1u);
  EXPECT_EQ(anomalies->front().kind, AnomalyKind::crc_error);
}

TEST(LvpmSerialDecoder, FindsWholeRoundsOfTheSequenceByTheClock) {
  SerialLab lab;
  const auto go_on = [&](int payloads) {
    for (int i = 0; i < payloads; ++i) {
      lab.now_ns += 10 * k_slot_ns;
      ASSERT_TRUE(lab.decoder.accept(data_payload(lab.sequence++, 0, std::vector<Record>(10, Record{5000})),
                                     lab.now_ns));
      if (i % 500 == 0) lab.calibrate();
    }
  };
  go_on(2000);
  lab.now_ns += 20 * 160 * k_slot_ns;  // 20 rounds of 16 payloads
  go_on(3000);
  ASSERT_TRUE(lab.decoder.finish());
  const auto anomalies = lab.capture.anomalies();
  const bool found = std::ranges::any_of(*anomalies, [](const Anomaly& each) {
    return each.kind == AnomalyKind::gap && each.count == 20 * 160;
  });
  EXPECT_TRUE(found);
}

TEST(LvpmSerialDecoder, PassesOverWhatIsNoData) {
  SerialLab lab;
  EXPECT_TRUE(lab.decoder.accept({}, 0));
  EXPECT_TRUE(lab.decoder.accept(bytes({0x20, 0, 0}), 0));
  EXPECT_TRUE(lab.decoder.accept(Bytes(58, std::byte{0x10}), 0));
  EXPECT_FALSE(lab.decoder.stream().started());
}

// A small unit at the other end of a pseudo terminal.
class FakeLvpm {
 public:
  FakeLvpm() {
    std::array<char, 128> name{};
    EXPECT_EQ(::openpty(&master_, &slave_, name.data(), nullptr, nullptr), 0);
    path = name.data();
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~FakeLvpm() {
    end();
    ::close(slave_);
    if (master_ >= 0) ::close(master_);
  }

  // Obeys what was sent until now, then no more.
  void end() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  std::string path;
  std::vector<int> settings;  // voltages ordered; read them after the end
  int hazards = 0;
  std::atomic<bool> deaf = false;      // to limits and passthrough
  std::atomic<int> unplug_after = -1;  // data payloads
  std::array<int, 256> parameters{};   // by what was set

 private:
  void serve(const std::stop_token& stop) {
    FrameReader frames;
    bool quiet = false;
    while (!stop.stop_requested() || !quiet) {
      quiet = !listen(frames);
      if (!sampling_) continue;
      send(data_payload(sequence_++, 0, std::vector<Record>(10, Record{5000})));
      if (unplug_after >= 0 && unplug_after-- == 0) return hang_up();
    }
  }
  void hang_up() {
    ::close(master_);
    master_ = -1;
  }
  bool listen(FrameReader& frames) {
    std::array<std::byte, 256> some;
    pollfd waiting{master_, POLLIN, 0};
    if (::poll(&waiting, 1, 2) != 1) return false;
    const ssize_t count = ::read(master_, some.data(), some.size());
    if (count <= 0) return false;
    frames.feed(std::span(some.data(), static_cast<std::size_t>(count)),
                [this](std::span<const std::byte> payload) { obey(payload); });
    return true;
  }
  void obey(std::span<const std::byte> payload) {
    const int order = std::to_integer<int>(payload[0]);
    const int what = std::to_integer<int>(payload[1]);
    if (order == 3) sampling_ = false;
    if (order == 1 && what == 0) send_status();
    if (order == 1 && what == 1) {
      if (sampling_) ++hazards;
      setting_ = std::to_integer<int>(payload[2]);
      settings.push_back(setting_);
    }
    if (order == 1 && what > 1 && !deaf)
      parameters[static_cast<std::size_t>(what)] = std::to_integer<int>(payload[2]);
    if (order != 2) return;
    sampling_ = true;
    for (int i = 0; i < 5; ++i)
      send(zero_payload(sequence_++));
    for (int i = 0; i < 5; ++i)
      send(reference_payload(sequence_++));
  }
  void send_status() {
    Bytes status(58);
    status[0] = std::byte{0x10};
    status[1] = std::byte{20};
    status[2] = std::byte{17};
    status[19] = std::byte(setting_);
    status[25] = std::byte{0x12};
    status[26] = std::byte{0x34};
    for (const auto& [at, what] :
         {std::pair{32U, 0x09U}, {33U, 0x08U}, {34U, 0x0BU}, {35U, 0x0AU}, {45U, 0x10U}})
      status[at] = std::byte(parameters[what]);
    send(status);
  }
  void send(const Bytes& payload) {
    const Bytes frame = framed(payload);
    EXPECT_EQ(::write(master_, frame.data(), frame.size()), static_cast<ssize_t>(frame.size()));
  }

  int master_ = -1;
  int slave_ = -1;
  bool sampling_ = true;  // left so by a dead process
  int setting_ = 0;
  int sequence_ = 0;
  std::jthread thread_;
};

TEST(LvpmSerialInstrument, RecordsOverARealTerminalAndSwitchesOff) {
  MemoryCapture capture;
  FakeLvpm unit;
  auto port = serial::open_port(unit.path, 115200);
  ASSERT_TRUE(port) << port.error().message;
  Settings settings;
  settings.vout_v = 3.7;
  settings.vout_at_end = AtEnd::off;
  auto instrument =
      SerialInstrument::open("monsoon:" + unit.path, std::move(*port), settings, {}, system_timebase());
  ASSERT_TRUE(instrument) << instrument.error().message;
  EXPECT_EQ((*instrument)->info().instrument.serial, "4660");
  test::StoppingSink sink(capture, 500);
  ASSERT_TRUE(sink.begin((*instrument)->info()));
  const auto ended = (*instrument)->run(sink, sink.stop.get_token());
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(*ended, EndReason::interrupted);
  unit.end();
  EXPECT_THAT(unit.settings, ElementsAre(170, 0));
  EXPECT_EQ(unit.hazards, 0);
  const auto told = capture.metadata();
  EXPECT_EQ(std::ranges::count(*told, "instrument.found_sampling", &MetadataItem::key), 1);
  const auto extent = capture.extent(ChannelId{0});
  EXPECT_GE(extent->samples, 500);
  EXPECT_EQ(extent->lost_samples, 0);
  const auto summary = capture.summarize(ChannelId{0}, extent->indices);
  EXPECT_NEAR(summary->mean(), fine_ma(5000), 1e-4);
}

struct SerialRun {
  MemoryCapture capture;
  std::vector<std::string> news;
  Result<EndReason> ended = EndReason::failed;
};

std::unique_ptr<SerialRun> run_serial(FakeLvpm& unit, const Settings& settings, std::int64_t samples) {
  auto run = std::make_unique<SerialRun>();
  auto port = serial::open_port(unit.path, 115200);
  EXPECT_TRUE(port) << port.error().message;
  auto instrument =
      SerialInstrument::open("monsoon:" + unit.path, std::move(*port), settings, {}, system_timebase());
  EXPECT_TRUE(instrument) << instrument.error().message;
  if (!instrument) return run;
  (*instrument)->on_news([&](const std::string& sentence) { run->news.push_back(sentence); });
  test::StoppingSink sink(run->capture, samples);
  EXPECT_TRUE(sink.begin((*instrument)->info()));
  run->ended = (*instrument)->run(sink, sink.stop.get_token());
  return run;
}

TEST(LvpmSerialInstrument, SetsLimitsAndPassthroughAndSeesThatTheyWereTaken) {
  FakeLvpm unit;
  Settings settings;
  settings.current_limit_a = 2;
  settings.passthrough = Passthrough::automatic;
  settings.vout_v = 3.7;
  const auto run = run_serial(unit, settings, 200);
  ASSERT_TRUE(run->ended) << run->ended.error().message;
  unit.end();
  EXPECT_EQ(unit.parameters[0x09] << 8 | unit.parameters[0x08], 1023 - 255);  // int(1023 * 2 / 8)
  EXPECT_EQ(unit.parameters[0x0B] << 8 | unit.parameters[0x0A], 1023 - 255);
  EXPECT_EQ(unit.parameters[0x10], 2);
  EXPECT_THAT(run->news, testing::Contains("USB passthrough: auto"));
  EXPECT_THAT(*run->capture.metadata(),
              testing::Contains(MetadataItem{"instrument.passthrough_set", "auto"}));
}

TEST(LvpmSerialInstrument, SetsNoVoltageWhenALimitOrThePassthroughWasNotTaken) {
  for (const bool limit : {true, false}) {
    FakeLvpm unit;
    unit.deaf = true;
    Settings settings;
    if (limit) settings.current_limit_a = 2;
    if (!limit) settings.passthrough = Passthrough::on;
    settings.vout_v = 3.7;
    const auto run = run_serial(unit, settings, 200);
    ASSERT_FALSE(run->ended);
    EXPECT_EQ(run->ended.error().code, ErrorCode::protocol);
    EXPECT_THAT(run->ended.error().message, testing::HasSubstr(limit ? "current limit" : "passthrough"));
    unit.end();
    EXPECT_THAT(unit.settings, testing::IsEmpty());
  }
}

TEST(LvpmSerialInstrument, SaysThatAnUnpluggedUnitCouldNotBeSwitchedOff) {
  FakeLvpm unit;
  unit.unplug_after = 200;
  Settings settings;
  settings.vout_v = 3.7;
  settings.vout_at_end = AtEnd::off;
  const auto run = run_serial(unit, settings, 1'000'000);
  ASSERT_TRUE(run->ended) << run->ended.error().message;
  EXPECT_EQ(*run->ended, EndReason::unplugged);
  EXPECT_THAT(run->news, testing::Contains(testing::HasSubstr("unplugged; its output could not be")));
}

// As in sysfs: a class folder of links, each tty with a link to the interface of its device.
TEST(SerialPort, IsFoundByTheVendorOfItsUsbDevice) {
  const ::joulemark::test::TemporaryFolder folder;
  const std::filesystem::path ttys = folder.path() / "class/tty";
  for (const auto& [name, vendor] :
       {std::pair{"ttyACM1", "2ab9"}, {"ttyACM0", "0403"}, {"ttyACM2", "2AB9"}}) {
    const std::filesystem::path device = folder.path() / "devices/usb1" / name;
    std::filesystem::create_directories(device / "1-1:1.0");
    std::filesystem::create_directories(ttys / name);
    std::ofstream(device / "idVendor") << vendor << "\n";
    std::filesystem::create_directory_symlink(device / "1-1:1.0", ttys / name / "device");
  }
  std::filesystem::create_directories(ttys / "ttyS0");
  const auto found = serial::find_ports(0x2AB9, ttys);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].path, "/dev/ttyACM1");
  EXPECT_EQ(found[1].path, "/dev/ttyACM2");
  EXPECT_FALSE(found[0].permitted);  // there is no such file
  EXPECT_THAT(serial::find_ports(0x2AB9, folder.path() / "missing"), testing::IsEmpty());
}

TEST(SerialPort, IsSeenToBeInUseWithoutOpeningIt) {
  const FakeLvpm unit;
  EXPECT_FALSE(serial::is_locked(unit.path));
  {
    const auto port = serial::open_port(unit.path, 115200);
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_TRUE(serial::is_locked(unit.path));
  }
  EXPECT_FALSE(serial::is_locked(unit.path));
  EXPECT_FALSE(serial::is_locked("/dev/does-not-exist"));
}

TEST(SerialPort, SaysWhatIsWrongWithAPath) {
  const auto missing = serial::open_port("/dev/does-not-exist", 115200);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::no_instrument);
  const auto no_port = serial::open_port("/dev/null", 115200);
  ASSERT_FALSE(no_port);
  EXPECT_EQ(no_port.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace joulemark::monsoon
