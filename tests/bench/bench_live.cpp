// SPDX-License-Identifier: Apache-2.0
// Live recording: two channels of 2 MS/s and 20 k edges a second, paced. The CPU time is that of the whole
// process.
#include <analysis/capture/capture_reader.h>

#include <tests/bench/bench_capture_file.h>
#include <tests/bench/cpu_time.h>

#include <benchmark/benchmark.h>

#include <chrono>
#include <thread>

namespace joulemark::bench {
namespace {

constexpr std::int64_t k_live_rate_hz = 2'000'000;
constexpr std::int64_t k_block_samples = 20'000;  // 10 ms
constexpr int k_edges_per_block = 200;

CaptureInfo live_info() {
  CaptureInfo info = bench_info();
  info.supply = {};
  info.channels[0].rate_hz = static_cast<double>(k_live_rate_hz);
  info.channels.push_back(info.channels[0]);
  info.channels[1].name = "bench.voltage";
  info.channels[1].quantity = Quantity::voltage;
  return info;
}

void write_live_block(SampleSink& sink, const std::vector<float>& pattern, std::int64_t block) {
  const std::int64_t first = block * k_block_samples;
  const auto offset = static_cast<std::size_t>(first) % (pattern.size() - k_block_samples);
  const auto values = std::span(pattern).subspan(offset, k_block_samples);
  must(sink.accept(SampleBlock{ChannelId{0}, first, values, {}}));
  must(sink.accept(SampleBlock{ChannelId{1}, first, values, {}}));
  for (int e = 0; e < k_edges_per_block; ++e) {
    must(sink.accept(Edge{first * 500 + e * 50'000, 0, LineId{0}, e % 2 == 0}));
  }
}

void BM_Live(benchmark::State& state) {
  const auto pattern = make_pattern();
  const std::string path = bench_folder() / "live.jmk";
  const std::int64_t blocks = state.range(0) * k_live_rate_hz / k_block_samples;
  for (auto _ : state) {
    const double before_s = process_cpu_s();
    const auto start = std::chrono::steady_clock::now();
    CaptureWriter writer(
        {.path = path, .mode = CaptureMode::live, .overflow = Overflow::drop, .overwrite = true});
    must(writer.begin(live_info()));
    for (std::int64_t block = 0; block < blocks; ++block) {
      std::this_thread::sleep_until(start + std::chrono::milliseconds(10 * block));
      write_live_block(writer, pattern, block);
    }
    must(writer.end(EndReason::completed));
    const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.counters["cpu_share"] = (process_cpu_s() - before_s) / wall_s;
  }
  const auto reader = CaptureReader::open(path);  // what did not fit is an Anomaly in the file
  state.counters["losses"] = static_cast<double>((*reader)->anomalies()->size());
  std::filesystem::remove(path);
}
BENCHMARK(BM_Live)->Arg(10)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace joulemark::bench
