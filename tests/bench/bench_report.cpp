// SPDX-License-Identifier: Apache-2.0
// The whole report: open, decode the markers, measure every event, idle and shares.
#include <analysis/capture/capture_reader.h>
#include <analysis/energy/build_report.h>

#include <tests/bench/bench_capture_file.h>

#include <benchmark/benchmark.h>

namespace joulemark::bench {
namespace {

void BM_Report(benchmark::State& state) {
  const std::string path = shared_capture(state.range(0), state.range(1));
  for (auto _ : state) {
    auto reader = CaptureReader::open(path);
    auto analysis = build_report(**reader, {});
    if (!analysis || analysis->report.events.at(0).count != state.range(1))
      state.SkipWithError("not all events");
  }
}
BENCHMARK(BM_Report)
    ->Args({10'000'000, 10'000})
    ->Args({100'000'000, 1'000})
    ->Args({100'000'000, 10'000})
    ->Args({100'000'000, 100'000})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace joulemark::bench
