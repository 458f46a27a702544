// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/run_record.h>
#include <analysis/model/time.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace joulemark {

// A mark and its edge lie within this of each other: between line and log stands a serial port. In valid runs
// the spread over a whole run is below 40 ms.
inline constexpr double k_mark_tolerance_s = 0.050;

// How the marks of a log fall onto edges under one offset between the log's clock and the capture's.
struct MarkMatch {
  double offset_s = 0;                            // log time - capture time
  std::vector<std::optional<std::size_t>> edges;  // per mark: the index of its edge
  std::size_t matched = 0;                        // starts and dones that have one
  double max_residual_s = 0;                      // of those
};

// The offset that gives most starts and dones an edge of their own within the tolerance; among equals the one
// that also finds the handshake, then the least residual. Marks and edges rise in time. None when there is no
// start or done, no edge, or so many of both that the search would take minutes (no real run is near that).
[[nodiscard]] std::optional<MarkMatch> match_marks(std::span<const LogMark> marks,
                                                   std::span<const TimeNs> edges_ns);

}  // namespace joulemark
