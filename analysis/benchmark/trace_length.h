// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/run_record.h>

#include <optional>
#include <string>
#include <string_view>

namespace joulemark {

// Samples lost or doubled within a trace leave no mark in it, but shift everything after them. What is wrong,
// as a sentence, when a trace of held_s does not last as long as the log says it was on; none when it does or
// the log does not say. monitor: as InstrumentIdentity::model.
[[nodiscard]] std::optional<std::string> trouble_with_length(const RunRecord& record, double held_s,
                                                             std::string_view monitor);

}  // namespace joulemark
