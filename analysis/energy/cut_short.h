// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark {

// Few windows that end far sooner than all others of their name, which are alike: a target that is reset lets
// its lines fall, and that looks like an end. It is a doubt and no proof: a rare shorter run looks the same.
struct CutShort {
  std::int64_t count = 0;
  TimeNs longest_ns = 0;   // of these
  TimeNs shortest_ns = 0;  // of the others
};

// Of the lengths of all windows of one name, by edges known to resolution_ns. None: no such windows, fewer
// than five others, others that differ among themselves, or a difference that the edges may have made.
[[nodiscard]] std::optional<CutShort> find_cut_short(std::vector<TimeNs> lengths_ns,
                                                     TimeNs resolution_ns = 0);

}  // namespace joulemark
