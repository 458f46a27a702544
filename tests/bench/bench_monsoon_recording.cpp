// SPDX-License-Identifier: Apache-2.0
// A Monsoon recorded into a file: the CPU time of doing so live, through libusb, and the memory of a whole
// day, which an emulated unit delivers as fast as it is taken.
#include <analysis/capture/capture_writer.h>

#include <drivers/emulator/monsoon_model.h>
#include <drivers/monsoon/monsoon_instrument.h>

#include <app/recording/recorder.h>

#include <tests/bench/bench_folder.h>
#include <tests/support/emulated_device.h>
#include <tests/support/fake_time.h>
#include <tests/support/usbfs_stand_in.h>

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace joulemark::monsoon {
namespace {

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

std::unique_ptr<emulator::MonsoonModel> make_unit() {
  emulator::MonsoonSettings settings;
  settings.output_v = 3.7;
  auto scenario = emulator::make_monsoon_scenario("square:2mA,300mA,480ms,40%", 1);
  return std::make_unique<emulator::MonsoonModel>(settings, std::move(*scenario),
                                                  emulator::MonsoonObserver{});
}

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

void BM_MonsoonLive(benchmark::State& state) {
  const auto seconds = static_cast<double>(state.range(0));
  for (auto _ : state) {
    const auto model = make_unit();
    usb::test::UsbfsStandIn usbfs(*model);
    auto device = usb::test::claim(usbfs);
    if (!device) return state.SkipWithError(device.error().message.c_str());
    auto instrument =
        MonsoonInstrument::open("monsoon:", std::move(*device), with_marker(), {}, system_timebase());
    if (!instrument) return state.SkipWithError(instrument.error().message.c_str());
    const double before_s = cpu_seconds() - usbfs.device_cpu_s();
    const auto outcome = record_into_file(**instrument, seconds, Overflow::drop);
    state.counters["cpu_share"] = (cpu_seconds() - usbfs.device_cpu_s() - before_s) / seconds;
    report(state, outcome);
  }
}
BENCHMARK(BM_MonsoonLive)->Arg(20)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

void BM_MonsoonDay(benchmark::State& state) {
  const double hours = static_cast<double>(state.range(0));
  for (auto _ : state) {
    test::FakeTime time;
    const auto model = make_unit();
    static_cast<void>(model->advance(time.now_ns));
    auto device = std::make_unique<test::EmulatedDevice>(*model, time);
    auto instrument = MonsoonInstrument::open("monsoon:", std::move(device), with_marker(), {}, time);
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
