// SPDX-License-Identifier: Apache-2.0
// Looking: opening, and 2000-column views over random ranges at every zoom.
#include <analysis/capture/capture_reader.h>

#include <tests/bench/bench_capture_file.h>
#include <tests/bench/cpu_time.h>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>

namespace joulemark::bench {
namespace {

constexpr std::size_t k_columns = 2000;

// A random stretch; its length is spread evenly over all powers of two from one sample a column to
// everything.
TimeRange random_range(std::mt19937_64& random, std::int64_t samples) {
  const double lowest = std::log2(static_cast<double>(k_columns));
  std::uniform_real_distribution<double> zoom(lowest, std::log2(static_cast<double>(samples)));
  const auto length = static_cast<std::int64_t>(std::exp2(zoom(random)));
  std::uniform_int_distribution<std::int64_t> place(0, samples - length);
  const std::int64_t first = place(random);
  return {first * 1000, (first + length) * 1000};
}

double percentile(std::vector<double>& values, std::size_t percent) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(values.size() * percent / 100);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

// By the clock, and by the CPU time of the thread: what others do on the machine is in the first alone.
void BM_View(benchmark::State& state) {
  auto reader = CaptureReader::open(shared_capture(state.range(0), 0));
  std::mt19937_64 random(7);
  std::vector<double> times_ms;
  std::vector<double> cpu_ms;
  for (int i = 0; i < 300; ++i) {  // warm
    benchmark::DoNotOptimize((*reader)->view(k_power, random_range(random, state.range(0)), k_columns));
  }
  for (auto _ : state) {
    const TimeRange range = random_range(random, state.range(0));
    const double start_s = wall_s();
    const double start_cpu_s = thread_cpu_s();
    benchmark::DoNotOptimize((*reader)->view(k_power, range, k_columns));
    cpu_ms.push_back((thread_cpu_s() - start_cpu_s) * 1e3);
    times_ms.push_back((wall_s() - start_s) * 1e3);
  }
  state.counters["p50_ms"] = percentile(times_ms, 50);
  state.counters["p99_ms"] = percentile(times_ms, 99);
  state.counters["p99_cpu_ms"] = percentile(cpu_ms, 99);
}
BENCHMARK(BM_View)->Arg(10'000'000)->Arg(1'000'000'000)->Iterations(4000)->Unit(benchmark::kMicrosecond);

void BM_Open(benchmark::State& state) {
  const std::string path = shared_capture(state.range(0), 0);
  for (auto _ : state)
    benchmark::DoNotOptimize(CaptureReader::open(path));
}
BENCHMARK(BM_Open)->Arg(10'000'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

// Cold: a new reader, the whole recording at once.
void BM_ViewCold(benchmark::State& state) {
  const std::string path = shared_capture(state.range(0), 0);
  for (auto _ : state) {
    auto reader = CaptureReader::open(path);
    benchmark::DoNotOptimize((*reader)->view(k_power, {0, state.range(0) * 1000}, k_columns));
  }
}
BENCHMARK(BM_ViewCold)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace joulemark::bench
