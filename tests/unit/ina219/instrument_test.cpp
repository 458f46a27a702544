// SPDX-License-Identifier: Apache-2.0
// The whole instrument with its threads, on the emulated chip.
#include <analysis/model/memory_capture.h>

#include <drivers/ina219/chip/chip_options.h>
#include <drivers/ina219/i2c_instrument.h>

#include <tests/unit/ina219/bench.h>
#include <tests/unit/monsoon/lab_sink.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <vector>

namespace joulemark::ina219 {
namespace {

using monsoon::test::StoppingSink;
using test::Bench;
using testing::Contains;
using testing::HasSubstr;

// Simulated time runs as fast as it can: it may not run away from the thread that stores.
class Brake {
 public:
  void made(std::size_t conversions) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return released_ || conversions < stored_ + k_most_ahead; });
  }
  void stored(std::size_t samples) {
    const std::lock_guard lock(mutex_);
    stored_ += samples;
    changed_.notify_all();
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  static constexpr std::size_t k_most_ahead = 4000;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t stored_ = 0;
  bool released_ = false;
};

// Edges by a schedule, as soon as simulated time is there.
class ScheduledEdges final : public gpio::EdgeSource {
 public:
  // leaves_ns: when the gpiochip goes.
  ScheduledEdges(test::FakeTime& time, std::vector<gpio::RawEdge> edges, TimeNs leaves_ns)
      : time_(time), edges_(std::move(edges)), leaves_ns_(leaves_ns) {}
  std::vector<std::optional<bool>> start() override {
    bool level = false;
    for (; next_ < edges_.size() && edges_[next_].time_ns <= time_.now_ns; ++next_)
      level = edges_[next_].level;
    return {level};
  }
  int read(std::span<gpio::RawEdge> into, std::chrono::milliseconds) override {
    if (time_.now_ns >= leaves_ns_) return -ENODEV;
    int count = 0;
    while (next_ < edges_.size() && edges_[next_].time_ns <= time_.now_ns &&
           count < static_cast<int>(into.size()))
      into[static_cast<std::size_t>(count++)] = edges_[next_++];
    return count;
  }
  std::uint32_t resolution_ns() const override { return 0; }

 private:
  test::FakeTime& time_;
  std::vector<gpio::RawEdge> edges_;
  TimeNs leaves_ns_;
  std::size_t next_ = 0;
};

class Measured : public StoppingSink {
 public:
  Measured(MemoryCapture& capture, std::int64_t samples, Brake& brake)
      : StoppingSink(capture, samples), brake_(brake) {}
  using StoppingSink::accept;
  Status accept(const SampleBlock& block) override {
    if (block.channel == k_current_channel) brake_.stored(block.values.size());
    Status status = StoppingSink::accept(block);
    if (stop.stop_requested()) brake_.release();
    return status;
  }

 private:
  Brake& brake_;
};

struct Recording {
  MemoryCapture capture;
  std::vector<std::string> news;
  std::optional<EndReason> reason;
};

std::unique_ptr<Recording> record(Bench& bench, Settings settings, std::int64_t samples,
                                  std::vector<gpio::RawEdge> edges = {},
                                  TimeNs lines_leave_ns = std::numeric_limits<TimeNs>::max()) {
  auto recording = std::make_unique<Recording>();
  Brake brake;
  const auto fault = bench.bus.fault;
  std::atomic<bool> running = false;
  bench.bus.fault = [&, fault] {
    if (running) brake.made(bench.conversions.size());
    return fault();
  };
  class Borrowed final : public i2c::RegisterBus {
   public:
    explicit Borrowed(i2c::RegisterBus& bus) : bus_(bus) {}
    int write(std::uint8_t reg, std::uint16_t value) override { return bus_.write(reg, value); }
    int read(std::span<const std::uint8_t> regs, std::span<std::uint16_t> values) override {
      return bus_.read(regs, values);
    }

   private:
    i2c::RegisterBus& bus_;
  };
  std::unique_ptr<gpio::EdgeSource> source;
  if (!settings.markers.empty())
    source = std::make_unique<ScheduledEdges>(bench.time, std::move(edges), lines_leave_ns);
  auto opened = I2cInstrument::open("i2c:test", std::make_unique<Borrowed>(bench.bus), std::move(source),
                                    settings, {}, bench.time);
  EXPECT_TRUE(opened) << opened.error().message;
  if (!opened) return recording;
  (*opened)->on_news([&](const std::string& sentence) { recording->news.push_back(sentence); });
  Measured sink(recording->capture, samples, brake);
  EXPECT_TRUE(sink.begin((*opened)->info()));
  running = true;
  const auto reason = (*opened)->run(sink, sink.stop.get_token());
  running = false;
  EXPECT_TRUE(reason) << reason.error().message;
  if (reason) recording->reason = *reason;
  EXPECT_TRUE(sink.end(recording->reason.value_or(EndReason::failed)));
  return recording;
}

std::string metadata(MemoryCapture& capture, std::string_view key) {
  const std::vector<MetadataItem> items = *capture.metadata();
  for (const MetadataItem& item : items) {
    if (item.key == key) return item.value;
  }
  return "";
}

TEST(Instrument, MeasuresEnergyAsItIs) {
  Bench bench({.shunt_ohm = 1, .slowness = 1.07});
  bench.load.current_a = [](double s) { return std::fmod(s, 0.1) < 0.02 ? 25e-3 : 1.2e-3; };
  bench.load.voltage_v = [&](double s) { return 3.3 - 1 * bench.load.current_a(s); };
  Settings settings;
  settings.shunt_ohm = 1;
  const auto recording = record(bench, settings, 20'000);
  ASSERT_EQ(recording->reason, EndReason::interrupted);
  const auto extent = recording->capture.extent(k_current_channel);
  EXPECT_EQ(extent->lost_samples, 0);
  const std::array whole{extent->time};
  const auto energy = recording->capture.integrals(k_power, whole, Boundary::fractional);
  ASSERT_TRUE(energy);
  // Whole periods but for one: 100 or more of them.
  const double mean_w = 0.2 * 25e-3 * (3.3 - 25e-3) + 0.8 * 1.2e-3 * (3.3 - 1.2e-3);
  EXPECT_NEAR(energy->front().mean() / mean_w, 1, 0.01);
  EXPECT_EQ(recording->capture.info().supply.basis, VoltageBasis::measured);
  EXPECT_NEAR(std::stod(metadata(recording->capture, "instrument.conversion_period_s")), 532e-6 * 1.07, 2e-8);
  EXPECT_EQ(metadata(recording->capture, "instrument.conversions_missed"), "0");
  EXPECT_EQ(metadata(recording->capture, "voltage.interval_s"), "1");
  EXPECT_THAT(recording->news, Contains(HasSubstr("samples a second")));
}

TEST(Instrument, EdgesAreOnTheClockOfTheSamples) {
  Bench bench;
  // A step of the current and an edge at the same instants.
  std::vector<gpio::RawEdge> edges;
  for (TimeNs i = 1; i < 400; ++i)
    edges.push_back({1'000'000'000 + i * 50'000'000, 0, i % 2 == 1});
  bench.load.current_a = [](double s) { return std::fmod(s, 0.1) >= 0.05 ? 50e-3 : 5e-3; };
  Settings settings;
  settings.shunt_ohm = 0.1;
  settings.voltage_v = 3;
  settings.markers = {{17, "inference"}};
  const auto recording = record(bench, settings, 20'000, edges);
  std::vector<Edge> got;
  ASSERT_TRUE(recording->capture.edges({0, 1'000'000'000'000}, [&](std::span<const Edge> some) -> Status {
    got.insert(got.end(), some.begin(), some.end());
    return {};
  }));
  ASSERT_GT(got.size(), 50u);
  EXPECT_EQ(got[0].resolution_ns, 50'000u);
  double worst = 0;
  for (std::size_t i = 0; i + 1 < got.size(); ++i) {
    if (!got[i].level || got[i + 1].time_ns > recording->capture.extent(k_current_channel)->time.end_ns)
      continue;
    const std::array window{TimeRange{got[i].time_ns, got[i + 1].time_ns}};
    const auto charge = recording->capture.integrals(k_current, window, Boundary::fractional);
    worst = std::max(worst, std::abs(charge->front().mean() / 50e-3 - 1));
  }
  EXPECT_LT(worst, 0.015);  // the two conversions at the edges, of 94
  EXPECT_EQ(metadata(recording->capture, "event.inference"), "d0");
  EXPECT_EQ(recording->capture.info().supply, (Supply{3.0, VoltageBasis::assumed}));
}

// Before a recording begins its conversions are timed, and the lines are watched already.
TEST(Instrument, ForgetsEdgesFromBeforeTheRecording) {
  Bench bench;
  std::vector<gpio::RawEdge> edges;
  const TimeNs early_ns = bench.time.now_ns + 1'000'000;
  for (int i = 0; i < 16; ++i)
    edges.push_back({early_ns + i * 1000, 0, i % 2 == 0});
  edges.push_back({early_ns + 3'000'000'000, 0, true});
  Settings settings;
  settings.markers = {{17, "inference"}};
  const auto recording = record(bench, settings, 8'000, edges);
  std::vector<Edge> got;
  ASSERT_TRUE(
      recording->capture.edges({-10'000'000'000, 10'000'000'000}, [&](std::span<const Edge> some) -> Status {
        got.insert(got.end(), some.begin(), some.end());
        return {};
      }));
  ASSERT_EQ(got.size(), 1u);
  EXPECT_GT(got[0].time_ns, 0);
  EXPECT_EQ(metadata(recording->capture, "line.d0.initial"), "low");
}

TEST(Instrument, NoEdgesAreKnownAfterTheGpiochipHasGone) {
  Bench bench;
  std::vector<gpio::RawEdge> edges;
  for (TimeNs i = 1; i < 400; ++i)
    edges.push_back({1'000'000'000 + i * 50'000'000, 0, i % 2 == 1});
  Settings settings;
  settings.markers = {{17, "inference"}};
  const TimeNs leaves_ns = bench.time.now_ns + 6'000'000'000;
  const auto recording = record(bench, settings, 20'000, edges, leaves_ns);
  std::vector<Edge> got;
  ASSERT_TRUE(recording->capture.edges({0, 1'000'000'000'000}, [&](std::span<const Edge> some) -> Status {
    got.insert(got.end(), some.begin(), some.end());
    return {};
  }));
  ASSERT_GT(got.size(), 10u);
  std::vector<TimeRange> unknown;
  const std::vector<Anomaly> told = *recording->capture.anomalies();
  for (const Anomaly& each : told) {
    if (each.kind == AnomalyKind::lost_edges) unknown.push_back(each.time);
  }
  ASSERT_EQ(unknown.size(), 1u);
  EXPECT_GE(unknown[0].begin_ns, got.back().time_ns);
  // Simulated time may run on by what the brake allows before the loss is seen.
  EXPECT_LT(unknown[0].begin_ns - got.back().time_ns, 4'000'000'000);
  EXPECT_EQ(unknown[0].end_ns, recording->capture.extent(k_current_channel)->time.end_ns);
}

TEST(Instrument, LeavesTheChipAsItWas) {
  Bench bench;
  bench.model.write(bench.time.now_ns, 0, 0x3EEF);
  bench.model.write(bench.time.now_ns, 5, 0x1234);
  static_cast<void>(record(bench, {}, 1000));
  EXPECT_EQ(bench.model.read(bench.time.now_ns, 0), 0x3EEF);
  EXPECT_EQ(bench.model.read(bench.time.now_ns, 5), 0x1234);
}

TEST(Instrument, SaysThatTheShuntIsAssumed) {
  Bench bench;
  const auto recording = record(bench, {}, 1000);
  EXPECT_THAT(recording->news, Contains(HasSubstr("0.1 ohm is assumed")));
  EXPECT_EQ(metadata(recording->capture, "instrument.shunt_basis"), "assumed");
}

TEST(Instrument, AChipThatDisappearsLeavesAUsableCapture) {
  Bench bench;
  const TimeNs leaves_ns = bench.time.now_ns + 3'000'000'000;
  bench.bus.fault = [&] { return bench.time.now_ns > leaves_ns ? ENODEV : 0; };
  const auto recording = record(bench, {}, 1'000'000);
  EXPECT_EQ(recording->reason, EndReason::unplugged);
  EXPECT_GT(recording->capture.extent(k_current_channel)->samples, 3000);
}

TEST(Instrument, AMaximumThatNoRangeHoldsIsRefused) {
  Bench bench;
  Settings settings;
  settings.shunt_ohm = 1;
  settings.max_current_a = 0.5;
  EXPECT_EQ(check_current(settings.max_current_a, 1).error().code, ErrorCode::usage);
  EXPECT_TRUE(check_current(settings.max_current_a, 0.1));
}

}  // namespace
}  // namespace joulemark::ina219
