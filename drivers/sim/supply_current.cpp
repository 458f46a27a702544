// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/supply_current.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::sim {

SupplyCurrent::SupplyCurrent(KwsTarget target, double tau_s, double rate_hz)
    : target_(std::move(target)), decoupling_(tau_s), rate_hz_(rate_hz) {}

long double SupplyCurrent::position(TimeNs time_ns) const {
  return static_cast<long double>(time_ns) * static_cast<long double>(rate_hz_) / 1e9L;
}

void SupplyCurrent::average(std::int64_t first, std::span<double> mean_a) {
  const auto begin = static_cast<long double>(first);
  const auto end = static_cast<long double>(first + static_cast<std::int64_t>(mean_a.size()));
  while (segments_.empty() || position(segments_.back().time.end_ns) < end)
    segments_.push_back(decoupling_.respond(target_.next()));
  while (position(segments_.front().time.end_ns) <= begin)
    segments_.pop_front();
  std::ranges::fill(mean_a, 0);
  for (const Segment& segment : segments_)
    add(segment, first, mean_a);
}

// Positions are kept relative to the segment, in samples, so that long recordings lose no digits.
void SupplyCurrent::add(const Segment& segment, std::int64_t first, std::span<double> mean_a) const {
  const auto count = static_cast<std::int64_t>(mean_a.size());
  const long double origin = position(segment.time.begin_ns) - static_cast<long double>(first);
  const double length = static_cast<double>(position(segment.time.end_ns) - position(segment.time.begin_ns));
  const auto begin = std::max(std::int64_t{0}, static_cast<std::int64_t>(std::floor(origin)));
  const double offset = static_cast<double>(static_cast<long double>(begin) - origin);  // of begin in segment
  const double interval_s = 1 / rate_hz_;
  for (std::int64_t i = begin; i < count; ++i) {
    const double position_in = offset + static_cast<double>(i - begin);
    if (position_in >= length) return;
    const double from = std::max(0.0, position_in);
    const double to = std::min(length, position_in + 1);
    mean_a[static_cast<std::size_t>(i)] += segment.charge_c(from * interval_s, to * interval_s) * rate_hz_;
  }
}

}  // namespace joulemark::sim
