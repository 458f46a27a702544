// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <vector>

namespace joulemark {

// Stretches of time in order, those that overlap or adjoin joined.
[[nodiscard]] std::vector<TimeRange> merge_stretches(std::vector<TimeRange> stretches);

// Whether any of them overlaps the window. They are merged.
[[nodiscard]] bool touches(const std::vector<TimeRange>& stretches, TimeRange window);

}  // namespace joulemark
