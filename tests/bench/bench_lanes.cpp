// SPDX-License-Identifier: GPL-3.0-or-later
// The digital lines of a capture of 10^8 edges, in 2560 columns: how long a step of zoom or pan works for
// them. JOULEMARK_BENCH_EDGES: another number of edges.
#include <analysis/capture/capture_reader.h>

#include <app/models/lane_index.h>

#include <tests/bench/bench_capture_file.h>
#include <tests/bench/cpu_time.h>

#include <benchmark/benchmark.h>

#include <random>

namespace joulemark::bench {
namespace {

constexpr std::uint32_t k_lines = 8;
constexpr TimeNs k_apart_ns = 50'000;  // 20 000 edges a second
constexpr std::size_t k_columns = 2560;

std::int64_t edge_count() {
  const char* asked = std::getenv("JOULEMARK_BENCH_EDGES");
  return asked != nullptr ? std::atoll(asked) : 100'000'000;
}

// Evenly over the time, or all of them in its last hundredth in bursts of a thousand.
TimeNs time_of(std::int64_t number, std::int64_t count, bool bursts) {
  if (!bursts) return number * k_apart_ns;
  return count * k_apart_ns / 100 * 99 + number / 1000 * 500'000 + number % 1000 * 100;
}

std::string capture_of_edges(bool bursts) {
  const std::string path = (bench_folder() / (bursts ? "bursts.jmk" : "edges.jmk")).string();
  const std::int64_t count = edge_count();
  CaptureWriter writer({.path = path, .mode = CaptureMode::bulk, .overwrite = true});
  CaptureInfo info = bench_info();
  info.channels[0].rate_hz = 1;
  info.lines.clear();
  for (std::uint32_t i = 0; i < k_lines; ++i)
    info.lines.push_back({LineId{i}, "line"});
  must(writer.begin(info));
  const std::vector<float> samples(static_cast<std::size_t>(count * k_apart_ns / 1'000'000'000 + 1), 0);
  must(writer.accept(SampleBlock{ChannelId{0}, 0, samples, {}}));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto line = static_cast<std::uint32_t>(i % k_lines);
    must(writer.accept(Edge{time_of(i, count, bursts), 0, LineId{line}, i / k_lines % 2 == 0}));
  }
  must(writer.end(EndReason::completed));
  return path;
}

// Every zoom from the whole to 1 ms, at ever other places where there are edges.
void BM_Lanes(benchmark::State& state) {
  const bool bursts = state.range(0) != 0;
  const auto reader = CaptureReader::open(capture_of_edges(bursts));
  const TimeRange extent{0, edge_count() * k_apart_ns};
  const double start_s = thread_cpu_s();
  const auto index = LaneIndex::build(**reader, extent);
  state.counters["build_ms"] = 1e3 * (thread_cpu_s() - start_s);
  std::mt19937_64 random(3);
  std::vector<double> times;
  for (auto _ : state) {
    for (TimeNs length_ns = extent.length_ns(); length_ns > 1'000'000; length_ns = length_ns * 4 / 5) {
      const auto number = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(edge_count()));
      const TimeNs middle_ns = time_of(number, edge_count(), bursts);
      const TimeNs begin_ns = std::clamp(middle_ns - length_ns / 2, TimeNs{0}, extent.end_ns - length_ns);
      const double begin_s = thread_cpu_s();
      benchmark::DoNotOptimize(index->columns(**reader, {begin_ns, begin_ns + length_ns}, k_columns));
      times.push_back(1e3 * (thread_cpu_s() - begin_s));
    }
  }
  std::ranges::sort(times);
  state.counters["p50_ms"] = times[times.size() / 2];
  state.counters["p99_ms"] = times[times.size() * 99 / 100];
  state.counters["longest_ms"] = times.back();
}
BENCHMARK(BM_Lanes)->Arg(0)->Arg(1)->Iterations(10)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace joulemark::bench
