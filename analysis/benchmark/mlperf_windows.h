// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/mlperf.h>

#include <span>
#include <vector>

namespace joulemark {

// A window before it is summed: its official number, its times, and the samples [samples.begin, samples.end).
struct WindowSpan {
  std::int64_t index = 0;
  TimeRange time;
  IndexRange samples;
};

// For each of the rising times: the first i with t[i] >= time, where t[0] = 0 and t[i + 1] = t[i] + 1 / rate
// in double arithmetic, added up as the official tool does. Errors: inadequate beyond 2^28 samples.
[[nodiscard]] Result<std::vector<std::int64_t>> accumulated_indices(double rate_hz,
                                                                    std::span<const TimeNs> times_ns);

// Sums each window and takes the medians. runtime_s is the difference of the edges' times as numbers in
// seconds.
[[nodiscard]] Result<MlperfFigures> figures_of(SampleSource& source, ChannelId channel,
                                               std::span<const WindowSpan> windows,
                                               std::optional<std::int64_t> inferences);

}  // namespace joulemark
