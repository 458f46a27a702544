// SPDX-License-Identifier: Apache-2.0
// The store: bulk writing, and what stands in its way on this machine.
#include <analysis/capture/codec.h>

#include <tests/bench/bench_capture_file.h>
#include <tests/bench/cpu_time.h>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace joulemark::bench {
namespace {

void report_rate(benchmark::State& state, std::int64_t samples) {
  state.counters["samples_per_s"] =
      benchmark::Counter(static_cast<double>(samples), benchmark::Counter::kIsIterationInvariantRate);
}

void BM_BulkWrite(benchmark::State& state) {
  const auto pattern = make_pattern();
  const std::string path = bench_folder() / "bulk.jmk";
  double cpu_s = 0;
  for (auto _ : state) {
    const double before_s = process_cpu_s();
    write_capture(path, pattern, state.range(0), 0);
    cpu_s = process_cpu_s() - before_s;
  }
  report_rate(state, state.range(0));
  state.counters["cpu_s"] = cpu_s;
  state.counters["bytes_per_sample"] =
      static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(state.range(0));
  std::filesystem::remove(path);
}
BENCHMARK(BM_BulkWrite)->Arg(100'000'000)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

// Limits of the machine, in the same run: how much of its cores we get, copying the samples, the codec alone,
// the file system alone.
void BM_LimitCores(benchmark::State& state) {
  constexpr double k_busy_s = 0.5;
  const auto spin = [] {
    for (const double start_s = wall_s(); wall_s() < start_s + k_busy_s;) {
    }
  };
  double cores = 0;
  for (auto _ : state) {
    const double cpu_s = process_cpu_s();
    const double start_s = wall_s();
    std::thread other(spin);
    spin();
    other.join();
    cores = (process_cpu_s() - cpu_s) / (wall_s() - start_s);
  }
  state.counters["cores"] = cores;
}
BENCHMARK(BM_LimitCores)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

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
  for (auto _ : state) {
    for (std::size_t first = 0; first < pattern.size(); first += k_block) {
      const auto block = std::span(pattern).subspan(first, k_block);
      benchmark::DoNotOptimize(capture::pack_samples(block, Compression::fast));
    }
  }
  report_rate(state, static_cast<std::int64_t>(pattern.size()));
}
BENCHMARK(BM_LimitCodec)->Unit(benchmark::kMillisecond)->UseRealTime();

// As many bytes as the capture has, and on the disk at the end, as the capture is.
void BM_LimitDisk(benchmark::State& state) {
  const std::vector<char> bytes(static_cast<std::size_t>(state.range(0)), 'j');
  const std::string path = bench_folder() / "plain.bin";
  constexpr std::size_t k_piece = 65536;
  for (auto _ : state) {
    const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    for (std::size_t at = 0; at < bytes.size(); at += k_piece) {
      const std::size_t size = std::min(k_piece, bytes.size() - at);
      if (write(file, &bytes[at], size) != static_cast<ssize_t>(size)) state.SkipWithError("cannot write");
    }
    fsync(file);
    close(file);
  }
  state.counters["bytes_per_s"] =
      benchmark::Counter(static_cast<double>(bytes.size()), benchmark::Counter::kIsIterationInvariantRate);
  std::filesystem::remove(path);
}
BENCHMARK(BM_LimitDisk)->Arg(80'000'000)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace joulemark::bench
