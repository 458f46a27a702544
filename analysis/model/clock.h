// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <string>

namespace joulemark {

// One pairing of the capture clock with another clock. Many of them make a TimeMap. They never move a sample.
struct ClockPoint {
  std::string clock;  // "utc" (ns since 1970) or an instrument's own, e.g. "probe"
  TimeNs capture_ns = 0;
  TimeNs other_ns = 0;
  TimeNs uncertainty_ns = 0;  // +- of the pairing; 0 = unknown

  bool operator==(const ClockPoint&) const = default;
};

}  // namespace joulemark
