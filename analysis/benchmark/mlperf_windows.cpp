// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/mlperf_windows.h>

#include <algorithm>

namespace joulemark {
namespace {

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

// Of the values that are known, when all are.
std::optional<double> median_of(std::span<const MlperfWindow> windows,
                                std::optional<double> MlperfWindow::*value) {
  std::vector<double> values;
  for (const MlperfWindow& window : windows) {
    if (!(window.*value)) return std::nullopt;
    values.push_back(*(window.*value));
  }
  return median(std::move(values));
}

}  // namespace

Result<std::vector<std::int64_t>> accumulated_indices(double rate_hz, std::span<const TimeNs> times_ns) {
  constexpr double k_most_samples = 268435456.0;
  const double step_s = 1 / rate_hz;
  std::vector<std::int64_t> indices;
  std::int64_t i = 0;
  double t_s = 0;
  for (const TimeNs time_ns : times_ns) {
    const double time_s = to_seconds(time_ns);
    if (time_s * rate_hz > k_most_samples) {
      return fail(ErrorCode::inadequate, "an edge lies more than 2^28 samples into the trace");
    }
    while (t_s < time_s) {
      t_s += step_s;
      ++i;
    }
    indices.push_back(i);
  }
  return indices;
}

Result<MlperfFigures> figures_of(SampleSource& source, ChannelId channel, std::span<const WindowSpan> windows,
                                 std::optional<std::int64_t> inferences) {
  const Channel& energy = source.info().channels[channel.value];
  MlperfFigures figures;
  for (const WindowSpan& span : windows) {
    JM_TRY_ASSIGN(const Summary sum, source.summarize(channel, span.samples));
    MlperfWindow window;
    window.index = span.index;
    window.start_s = to_seconds(span.time.begin_ns);
    window.stop_s = to_seconds(span.time.end_ns);
    window.runtime_s = window.stop_s - window.start_s;
    window.missing_samples = span.samples.count() - sum.count;
    window.inferences = inferences;
    if (sum.count > 0) {
      window.energy_j = sum.sum * energy.scale;
      window.power_w = *window.energy_j / (static_cast<double>(span.samples.count()) / energy.rate_hz);
      if (inferences) window.energy_per_inference_j = *window.energy_j / static_cast<double>(*inferences);
    }
    if (inferences && window.runtime_s > 0) {
      window.throughput_ips = static_cast<double>(*inferences) / window.runtime_s;
    }
    figures.windows.push_back(window);
  }
  figures.median_energy_per_inference_j = median_of(figures.windows, &MlperfWindow::energy_per_inference_j);
  figures.median_throughput_ips = median_of(figures.windows, &MlperfWindow::throughput_ips);
  return figures;
}

}  // namespace joulemark
