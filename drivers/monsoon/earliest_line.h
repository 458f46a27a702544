// SPDX-License-Identifier: Apache-2.0
// A straight line under delays that are never negative: each of them late by an unknown amount, some of them
// by a great deal. Such noise has one side, so that the line is an edge of the lower convex hull (Moon,
// Skelly and Towsley, "Estimation and removal of clock skew from network delay measurements", 1999; Zhang,
// Liu and Xia, "Clock synchronization algorithms for network measurements", 2002), and not a mean of
// anything.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace joulemark::monsoon {

struct Delay {
  double at_s = 0;
  double late_s = 0;  // plus a constant and a slope, both unknown
};

struct EarliestLine {
  Delay origin;               // on the line
  double slope = 0;           // seconds a second
  double slope_sigma = 0;     // its standard uncertainty, rather too large than too small
  double typical_late_s = 0;  // the median, over parts of the time, of how late the least late one is

  [[nodiscard]] double late_s(const Delay& delay) const {
    return delay.late_s - origin.late_s - slope * (delay.at_s - origin.at_s);
  }
};

constexpr std::size_t k_most_delays = 128;

// Of the edges, the one with the least uncertainty. That is the typical lateness over how far the punctual
// half of the parts is spread in time: an edge that a late stretch pulls up at one end is far from most
// parts, and one that holds for a short while only says little. Delays that are late for less than half of
// the time do not matter, wherever that half is; what is late for longer makes the uncertainty large. delays:
// at most k_most_delays, in the order of time. None: fewer than four parts of the time have any. Allocates
// nothing.
[[nodiscard]] std::optional<EarliestLine> earliest_line(std::span<const Delay> delays, double most_slope);

}  // namespace joulemark::monsoon
