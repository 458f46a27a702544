// SPDX-License-Identifier: Apache-2.0
// Captures of any length made from the pattern of bench_data.h.
#pragma once

#include <analysis/capture/capture_writer.h>
#include <analysis/model/edge.h>

#include <tests/bench/bench_data.h>
#include <tests/bench/bench_folder.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace joulemark::bench {

inline constexpr double k_rate_hz = 1e6;

inline void must(const Status& status) {
  if (status) return;
  std::fprintf(stderr, "%s\n", status.error().message.c_str());
  std::abort();
}

[[nodiscard]] inline CaptureInfo bench_info() {
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "bench.current";
  info.channels[0].rate_hz = k_rate_hz;
  info.supply = {3.0, VoltageBasis::assumed};
  info.lines = {{LineId{0}, "inference"}};
  return info;
}

// Events of half the spacing, evenly over the samples.
inline void write_events(SampleSink& sink, std::int64_t first, std::int64_t end, std::int64_t spacing) {
  if (spacing == 0) return;
  for (std::int64_t k = (first + spacing - 1) / spacing; k * spacing < end; ++k) {
    const auto at_ns = [&](std::int64_t sample) { return sample * 1000 + 137; };  // off the grid, at 1 MS/s
    must(sink.accept(Edge{at_ns(k * spacing + spacing / 4), 0, LineId{0}, true}));
    must(sink.accept(Edge{at_ns(k * spacing + spacing / 4 + spacing / 2), 0, LineId{0}, false}));
  }
}

inline void write_capture(const std::string& path, const std::vector<float>& pattern, std::int64_t samples,
                          std::int64_t events) {
  CaptureWriter writer({.path = path, .mode = CaptureMode::bulk, .overwrite = true});
  must(writer.begin(bench_info()));
  must(writer.accept(MetadataItem{"event.inference", "d0"}));
  must(writer.accept(MetadataItem{"useful", "inference"}));
  const std::int64_t spacing = events > 0 ? samples / events : 0;
  constexpr std::size_t k_block = 65536;
  for (std::int64_t first = 0; first < samples;) {
    const auto offset = static_cast<std::size_t>(first) % pattern.size();
    const auto count =
        std::min({k_block, pattern.size() - offset, static_cast<std::size_t>(samples - first)});
    must(writer.accept(SampleBlock{ChannelId{0}, first, std::span(pattern).subspan(offset, count), {}}));
    write_events(writer, first, first + static_cast<std::int64_t>(count), spacing);
    first += static_cast<std::int64_t>(count);
  }
  must(writer.end(EndReason::completed));
}

// A capture that several benchmarks of one run share: made once, removed by run.py with its folder.
[[nodiscard]] inline std::string shared_capture(std::int64_t samples, std::int64_t events) {
  const std::filesystem::path path =
      bench_folder() / ("shared-" + std::to_string(samples) + "-" + std::to_string(events) + ".jmk");
  if (!std::filesystem::exists(path)) write_capture(path, make_pattern(), samples, events);
  return path;
}

}  // namespace joulemark::bench
