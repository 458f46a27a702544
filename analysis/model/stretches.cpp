// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/stretches.h>

#include <algorithm>

namespace joulemark {

std::vector<TimeRange> merge_stretches(std::vector<TimeRange> stretches) {
  std::sort(stretches.begin(), stretches.end(),
            [](TimeRange a, TimeRange b) { return a.begin_ns < b.begin_ns; });
  std::vector<TimeRange> merged;
  for (const TimeRange& stretch : stretches) {
    if (!merged.empty() && stretch.begin_ns <= merged.back().end_ns) {
      merged.back().end_ns = std::max(merged.back().end_ns, stretch.end_ns);
    } else {
      merged.push_back(stretch);
    }
  }
  return merged;
}

bool touches(const std::vector<TimeRange>& stretches, TimeRange window) {
  const auto after = std::partition_point(stretches.begin(), stretches.end(), [&](TimeRange stretch) {
    return stretch.end_ns <= window.begin_ns;
  });
  return after != stretches.end() && after->begin_ns < window.end_ns;
}

}  // namespace joulemark
