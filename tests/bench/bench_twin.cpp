// SPDX-License-Identifier: GPL-3.0-or-later
// How much faster than real time the simulated boards are while the probe samples flat out.
#include <drivers/emulator/twin/twin.h>

#include <tests/bench/cpu_time.h>

#include <benchmark/benchmark.h>

#include <array>

namespace joulemark::twin {
namespace {

void start_sampling(Twin& twin) {
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
  jm_wire_encoder encoder{};
  const jm_wire_start start{0};
  jm_wire_begin(&encoder, line.data(), line.size(), JM_WIRE_START, 0);
  jm_wire_put_start(&encoder, &start);
  twin.send({line.data(), jm_wire_end(&encoder)});
}

void run_one_second(benchmark::State& state) {
  TwinSettings settings;
  settings.target_firmware = JM_FIRMWARE_DIR "/kws.elf";
  settings.probe_firmware = JM_FIRMWARE_DIR "/jm_probe.elf";
  const auto twin = Twin::power_on(settings);
  if (!twin) return state.SkipWithError(twin.error().message.c_str());
  const Status booted = (*twin)->run_until(100'000'000);
  start_sampling(**twin);
  const double cpu_before = bench::thread_cpu_s();
  std::int64_t seconds = 0;
  for (auto _ : state) {
    const Status ran = (*twin)->run_until((*twin)->now_ns() + 1'000'000'000);
    if (!booted || !ran) return state.SkipWithError("a firmware crashed");
    benchmark::DoNotOptimize((*twin)->take_received());
    ++seconds;
  }
  state.counters["cpu_s_per_s"] = (bench::thread_cpu_s() - cpu_before) / static_cast<double>(seconds);
  if ((*twin)->tally().read == 0) state.SkipWithError("it does not sample");
}
BENCHMARK(run_one_second)->Name("BM_TwinSecond")->Unit(benchmark::kMillisecond)->Iterations(5);

}  // namespace
}  // namespace joulemark::twin
