// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/ids.h>
#include <analysis/model/time.h>

#include <cstdint>

namespace joulemark {

// A digital line changed level. The true instant lies within +-resolution_ns / 2 of time_ns.
struct Edge {
  TimeNs time_ns = 0;
  std::uint32_t resolution_ns = 0;
  LineId line;         // 0 to 255
  bool level = false;  // the level after the edge

  bool operator==(const Edge&) const = default;
};

}  // namespace joulemark
