// SPDX-License-Identifier: Apache-2.0
// The store: bulk writing, and what stands in its way on this machine.
#include <tests/bench/bench_capture_file.h>

#include <benchmark/benchmark.h>
#include <blosc.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

namespace joulemark::bench {
namespace {

void report_rate(benchmark::State& state, std::int64_t samples) {
  state.counters["samples_per_s"] =
      benchmark::Counter(static_cast<double>(samples), benchmark::Counter::kIsIterationInvariantRate);
}

void BM_BulkWrite(benchmark::State& state) {
  const auto pattern = make_pattern();
  const std::string path = bench_folder() / "bulk.jmk";
  for (auto _ : state)
    write_capture(path, pattern, state.range(0), 0);
  report_rate(state, state.range(0));
  state.counters["bytes_per_sample"] =
      static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(state.range(0));
  std::filesystem::remove(path);
}
BENCHMARK(BM_BulkWrite)
    ->Arg(100'000'000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()  // of all three threads
    ->UseRealTime();

// Limits of the machine, in the same run: copying the samples, the codec alone, the file system alone.
void BM_LimitMemcpy(benchmark::State& state) {
  const auto pattern = make_pattern();
  std::vector<float> copy(pattern.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), pattern.data(), pattern.size() * sizeof(float));
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  report_rate(state, static_cast<std::int64_t>(pattern.size()));
}
BENCHMARK(BM_LimitMemcpy)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_LimitCodec(benchmark::State& state) {
  const auto pattern = make_pattern();
  constexpr std::size_t k_block = 16384;
  std::vector<char> packed(k_block * sizeof(float) + BLOSC_MAX_OVERHEAD);
  for (auto _ : state) {
    for (std::size_t first = 0; first < pattern.size(); first += k_block) {
      benchmark::DoNotOptimize(blosc_compress_ctx(1, BLOSC_BITSHUFFLE, sizeof(float), k_block * sizeof(float),
                                                  &pattern[first], packed.data(), packed.size(), "lz4", 0,
                                                  1));
    }
  }
  report_rate(state, static_cast<std::int64_t>(pattern.size()));
}
BENCHMARK(BM_LimitCodec)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_LimitDisk(benchmark::State& state) {
  const auto pattern = make_pattern();
  const std::string path = bench_folder() / "plain.bin";
  constexpr int k_rounds = 8;
  for (auto _ : state) {
    const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    for (int round = 0; round < k_rounds; ++round) {
      if (write(file, pattern.data(), pattern.size() * sizeof(float)) < 0)
        state.SkipWithError("cannot write");
    }
    close(file);
  }
  report_rate(state, k_rounds * static_cast<std::int64_t>(pattern.size()));
  std::filesystem::remove(path);
}
BENCHMARK(BM_LimitDisk)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace joulemark::bench
