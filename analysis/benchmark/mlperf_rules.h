// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/mlperf_windows.h>

#include <span>
#include <vector>

namespace joulemark {

// The rules of MLPerf Tiny that the figures can be held against; spans are the windows of the figures.
[[nodiscard]] std::vector<MlperfRule> judge_rules(const MlperfFigures& figures, const RunRecord& record,
                                                  std::span<const WindowSpan> spans);

}  // namespace joulemark
