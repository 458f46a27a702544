// SPDX-License-Identifier: Apache-2.0
// Time on the capture clock: int64 nanoseconds, 0 at the start of the first sample of the primary channel.
// Range +-292 years, resolution 1 ns. Edges may fall between samples and before 0.
//
// float64 seconds hold 1 ns exactly up to about 104 days; compare and order in int64.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace joulemark {

using TimeNs = std::int64_t;

inline constexpr double k_ns_per_s = 1e9;

[[nodiscard]] constexpr double to_seconds(TimeNs time_ns) {
  return static_cast<double>(time_ns) / k_ns_per_s;
}

// Rounds to the nearest nanosecond. The caller has checked that seconds is finite and within +-9.2e9.
[[nodiscard]] inline TimeNs from_seconds(double seconds) {
  return static_cast<TimeNs>(std::llround(static_cast<long double>(seconds) * 1e9L));
}

// Half open: [begin, end). Empty when end <= begin.
struct TimeRange {
  TimeNs begin_ns = 0;
  TimeNs end_ns = 0;

  [[nodiscard]] constexpr bool empty() const { return end_ns <= begin_ns; }
  [[nodiscard]] constexpr TimeNs length_ns() const { return empty() ? 0 : end_ns - begin_ns; }
  [[nodiscard]] constexpr double seconds() const { return to_seconds(length_ns()); }
  [[nodiscard]] constexpr bool contains(TimeNs t) const { return t >= begin_ns && t < end_ns; }
  constexpr bool operator==(const TimeRange&) const = default;
};

[[nodiscard]] constexpr TimeRange intersect(TimeRange a, TimeRange b) {
  return {std::max(a.begin_ns, b.begin_ns), std::min(a.end_ns, b.end_ns)};
}

// Sample indices, half open.
struct IndexRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  [[nodiscard]] constexpr bool empty() const { return end <= begin; }
  [[nodiscard]] constexpr std::int64_t count() const { return empty() ? 0 : end - begin; }
  constexpr bool operator==(const IndexRange&) const = default;
};

}  // namespace joulemark
