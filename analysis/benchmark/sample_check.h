// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/mlperf_windows.h>

#include <span>
#include <vector>

namespace joulemark {

// Can the windows' samples be true? Says what cannot: a sample below zero by more than a thousandth of its
// window's mean (an offset error that size is within the rule on dropped samples), one of ten times the mean
// (in windows of ten seconds it moves the result by as much), one beyond what the monitor can measure, a sum
// that is not above zero. In valid runs of MLPerf Tiny no sample is negative and none exceeds 1.3 means.
[[nodiscard]] Result<std::vector<MlperfFinding>> check_samples(SampleSource& source, ChannelId channel,
                                                               std::span<const WindowSpan> windows);

}  // namespace joulemark
