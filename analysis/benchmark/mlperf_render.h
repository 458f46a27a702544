// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/mlperf.h>

#include <string>
#include <string_view>

namespace joulemark {

// One JSON object; SI units in the keys, null for unknown.
[[nodiscard]] std::string mlperf_json(const MlperfResult& result, std::string_view tool_version);

// At most 80 columns. Carries the line "Median energy cost is X uJ/inf." with the official tool's decimals.
[[nodiscard]] std::string mlperf_text(const MlperfResult& result);

}  // namespace joulemark
