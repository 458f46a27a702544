// SPDX-License-Identifier: Apache-2.0
// A Monsoon recorded into a file: the CPU time of doing so live, without libusb, and the memory of a whole
// day, which an emulated unit delivers as fast as it is taken.
#include <analysis/capture/capture_writer.h>

#include <drivers/emulator/monsoon_model.h>
#include <drivers/monsoon/monsoon_instrument.h>

#include <app/recording/recorder.h>

#include <tests/bench/bench_folder.h>
#include <tests/support/emulated_device.h>
#include <tests/support/fake_time.h>

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace joulemark::monsoon {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t k_packet_ns = 3 * k_slot_ns;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kb = 0;
    status >> kb;
    return kb;
  }
  return 0;
}

struct Bench {
  Bench() {
    emulator::MonsoonSettings settings;
    settings.output_v = 3.7;
    auto scenario = emulator::make_monsoon_scenario("square:2mA,300mA,480ms,40%", 1);
    model =
        std::make_unique<emulator::MonsoonModel>(settings, std::move(*scenario), emulator::MonsoonObserver{});
    static_cast<void>(model->advance(time.now_ns));
  }
  test::FakeTime time;
  std::unique_ptr<emulator::MonsoonModel> model;
};

Settings with_marker() {
  Settings settings;
  settings.marker = MarkerSettings{};
  settings.passthrough = Passthrough::off;
  return settings;
}

Result<RecordingOutcome> record_into_file(Instrument& instrument, double duration_s, Overflow overflow,
                                          const RecordingProgress& progress = {}) {
  const std::string path = bench::bench_folder() / "monsoon.jmk";
  CaptureWriter writer({.path = path, .mode = CaptureMode::live, .overflow = overflow, .overwrite = true});
  RecordingLimits limits;
  limits.duration_s = duration_s;
  auto outcome = record(instrument, writer, limits, {}, progress);
  std::filesystem::remove(path);
  return outcome;
}

void report(benchmark::State& state, const Result<RecordingOutcome>& outcome) {
  if (!outcome) return state.SkipWithError(outcome.error().message.c_str());
  if (outcome->error) return state.SkipWithError(outcome->error->message.c_str());
  state.counters["lost"] = static_cast<double>(outcome->summary.lost_samples());
}

// Packets made beforehand come at the unit's pace, and are looked for as often as the real device does.
class PacedDevice final : public usb::Device {
 public:
  PacedDevice(Bench& bench, double seconds)
      : inner_(*bench.model, bench.time), count_(static_cast<std::size_t>(seconds * 1e9 / k_packet_ns)) {}
  Status control_out(const usb::Request& request, std::span<const std::byte> data) override {
    JM_TRY(inner_.control_out(request, data));
    if (request.request == static_cast<std::uint8_t>(Request::start)) prepare();
    return {};
  }
  Result<std::size_t> control_in(const usb::Request& request, std::span<std::byte> into) override {
    return inner_.control_in(request, into);
  }
  Status start_stream(std::uint8_t endpoint) override { return inner_.start_stream(endpoint); }
  Result<std::size_t> read(std::span<usb::Packet> into, std::chrono::milliseconds timeout) override {
    if (next_ == packets_.size()) return inner_.read(into, timeout);
    std::size_t count = 0;
    for (; count == 0; std::this_thread::sleep_for(std::chrono::milliseconds(4))) {
      const auto due = static_cast<std::size_t>((Clock::now() - began_).count() / k_packet_ns);
      while (count < into.size() && next_ < std::min(due, packets_.size()))
        into[count++] = packets_[next_++];
    }
    return count;
  }
  bool unplugged() const override { return false; }

  double cpu_at_start_s = 0;

 private:
  void prepare() {
    packets_.resize(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      const auto got = inner_.read(std::span(packets_).subspan(i, 1), std::chrono::milliseconds(50));
      if (!got || *got != 1) std::abort();
    }
    cpu_at_start_s = cpu_seconds();
    began_ = Clock::now();
  }

  test::EmulatedDevice inner_;
  std::size_t count_;
  std::size_t next_ = 0;
  std::vector<usb::Packet> packets_;
  Clock::time_point began_;
};

void BM_MonsoonLive(benchmark::State& state) {
  const auto seconds = static_cast<double>(state.range(0));
  for (auto _ : state) {
    Bench bench;
    auto device = std::make_unique<PacedDevice>(bench, seconds + 1);
    const PacedDevice& paced = *device;
    auto instrument =
        MonsoonInstrument::open("monsoon:", std::move(device), with_marker(), {}, system_timebase());
    if (!instrument) return state.SkipWithError(instrument.error().message.c_str());
    const auto outcome = record_into_file(**instrument, seconds, Overflow::drop);
    state.counters["cpu_share"] = (cpu_seconds() - paced.cpu_at_start_s) / seconds;
    report(state, outcome);
  }
}
BENCHMARK(BM_MonsoonLive)->Arg(20)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

void BM_MonsoonDay(benchmark::State& state) {
  const double hours = static_cast<double>(state.range(0));
  for (auto _ : state) {
    Bench bench;
    auto device = std::make_unique<test::EmulatedDevice>(*bench.model, bench.time);
    auto instrument = MonsoonInstrument::open("monsoon:", std::move(device), with_marker(), {}, bench.time);
    if (!instrument) return state.SkipWithError(instrument.error().message.c_str());
    double first_hour_kb = 0;
    const auto outcome =
        record_into_file(**instrument, hours * 3600, Overflow::block, [&](const LiveSummary& summary) {
          if (first_hour_kb == 0 && summary.duration_s() >= 3600) first_hour_kb = peak_kb();
        });
    state.counters["first_hour_kb"] = first_hour_kb;
    state.counters["grown_kb"] = peak_kb() - first_hour_kb;
    report(state, outcome);
  }
}
BENCHMARK(BM_MonsoonDay)->Arg(24)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace joulemark::monsoon
