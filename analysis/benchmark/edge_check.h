// SPDX-License-Identifier: Apache-2.0
// Did the run keep all its edges? Windows are paired by counting edges, so one that is lost or doubled turns
// the pauses into windows. The log of the run knows when each window started and ended.
#pragma once

#include <analysis/benchmark/mark_match.h>
#include <analysis/benchmark/mlperf.h>

#include <span>
#include <vector>

namespace joulemark {

// A window between two edges, by their indices.
struct EdgePair {
  std::int64_t index = 0;  // the official number: 2, 4, ...
  std::size_t start = 0;
  std::size_t stop = 0;
  bool operator==(const EdgePair&) const = default;
};

struct EdgeCheck {
  std::vector<EdgePair> official;  // by counting, as the official tool does
  std::vector<EdgePair> repaired;  // by the log, windows with both their edges; empty when not suspect
  std::vector<MlperfFinding> findings;
  std::optional<LogFit> log_fit;
  bool suspect = false;   // the windows may not be the inferences
  bool doubtful = false;  // some stamps cannot be true
};

// Edges do not fall in time; recorded is the time of the samples. Power is not looked at: pauses can draw as
// much as inferences.
[[nodiscard]] EdgeCheck check_edges(std::span<const TimeNs> edges_ns, std::span<const LogMark> marks,
                                    TimeRange recorded);

}  // namespace joulemark
