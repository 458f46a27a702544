// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/arrival_clock.h>
#include <drivers/monsoon/protocol.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace joulemark::monsoon {

Delay ArrivalClock::delay(const Point& point) const {
  const Point& origin = points_.front();
  const TimeNs capture_ns = point.capture_ns - origin.capture_ns;
  return {to_seconds(capture_ns), to_seconds(point.steady_ns - origin.steady_ns - capture_ns)};
}

bool ArrivalClock::earlier(const Point& a, const Point& b) const {
  const Delay of_a = delay(a);
  const Delay of_b = delay(b);
  return of_a.late_s - of_b.late_s < slope_ * (of_a.at_s - of_b.at_s);
}

void ArrivalClock::observe(std::int64_t slots, TimeNs arrival_ns) {
  const Point point{slots * k_slot_ns, arrival_ns};
  if (points_.empty() || point.capture_ns >= stretch_end_ns_) {
    begin_stretch(point);
  } else if (earlier(point, points_.back())) {
    points_.back() = point;
  }
  latest_ns_ = point.capture_ns;
  if (!best_ || earlier(point, *best_)) best_ = point;
}

void ArrivalClock::begin_stretch(const Point& point) {
  if (!points_.empty() && points_.size() % k_points_for_slope == 0) {
    if (const auto found = line()) slope_ = found->slope;
  }
  if (points_.size() == k_most_points) join_pairs();
  points_.push_back(point);
  stretch_end_ns_ = point.capture_ns + stretch_ns_;
}

void ArrivalClock::join_pairs() {
  for (std::size_t i = 0; i < points_.size() / 2; ++i)
    points_[i] = earlier(points_[2 * i + 1], points_[2 * i]) ? points_[2 * i + 1] : points_[2 * i];
  points_.resize(points_.size() / 2);
  stretch_ns_ *= 2;
}

std::optional<ArrivalClock::Point> ArrivalClock::take_point(bool at_once) {
  if (!at_once && latest_ns_ < point_end_ns_) return std::nullopt;
  point_end_ns_ = latest_ns_ + k_point_every;
  return std::exchange(best_, std::nullopt);
}

std::optional<EarliestLine> ArrivalClock::line() const {
  std::array<Delay, k_most_points> delays;
  std::ranges::transform(points_, delays.begin(), [this](const Point& point) { return delay(point); });
  return earliest_line(std::span(delays).first(points_.size()), k_most_slope);
}

std::optional<ArrivalClock::Fit> ArrivalClock::fit() const {
  if (points_.empty()) return std::nullopt;
  const double span_s = delay(points_.back()).at_s;
  if (span_s < k_enough_s) return std::nullopt;
  const auto found = line();
  if (!found) return std::nullopt;
  return Fit{(1 / (1 + found->slope) - 1) * 1e6, found->slope_sigma * 1e6, found->typical_late_s, span_s};
}

std::optional<double> ArrivalClock::lateness_s(const Point& point) const {
  if (points_.size() < k_points_for_slope) return std::nullopt;
  const auto found = line();
  if (!found) return std::nullopt;
  return std::max(found->late_s(delay(point)), 0.0) + 2 * found->typical_late_s;
}

}  // namespace joulemark::monsoon
