// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/arrival_clock.h>
#include <drivers/monsoon/protocol.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::monsoon {

double ArrivalClock::delay_ns(const Point& point) const {
  const Point& origin = points_.front();
  return static_cast<double>(point.steady_ns - origin.steady_ns) -
         slope_ * static_cast<double>(point.capture_ns - origin.capture_ns);
}

void ArrivalClock::observe(std::int64_t slots, TimeNs arrival_ns) {
  const Point point{slots * k_slot_ns, arrival_ns};
  if (points_.empty() || point.capture_ns >= stretch_end_ns_) {
    if (points_.size() == k_most_points) join_pairs();
    points_.push_back(point);
    stretch_end_ns_ = point.capture_ns + stretch_ns_;
  } else if (delay_ns(point) < delay_ns(points_.back())) {
    points_.back() = point;
  }
  latest_ns_ = point.capture_ns;
  if (!best_ || delay_ns(point) < delay_ns(*best_)) best_ = point;
}

void ArrivalClock::join_pairs() {
  if (const auto line = fit()) slope_ = 1 / (1 + line->drift_ppm * 1e-6);
  std::vector<Point> joined;
  joined.reserve(k_most_points);
  for (std::size_t i = 0; i + 1 < points_.size(); i += 2)
    joined.push_back(delay_ns(points_[i + 1]) < delay_ns(points_[i]) ? points_[i + 1] : points_[i]);
  points_ = std::move(joined);
  stretch_ns_ *= 2;
}

std::optional<ArrivalClock::Point> ArrivalClock::take_point(bool at_once) {
  if (!at_once && latest_ns_ < point_end_ns_) return std::nullopt;
  point_end_ns_ = latest_ns_ + k_point_every;
  return std::exchange(best_, std::nullopt);
}

// Straight line by least squares, about the means.
std::optional<ArrivalClock::Fit> ArrivalClock::fit() const {
  const std::size_t n = points_.size();
  if (n < 3) return std::nullopt;
  const Point& origin = points_.front();
  const auto x = [&](const Point& p) { return to_seconds(p.capture_ns - origin.capture_ns); };
  const auto late = [&](const Point& p) { return to_seconds(p.steady_ns - origin.steady_ns) - x(p); };
  if (x(points_.back()) < k_enough_s) return std::nullopt;
  double mean_x = 0;
  double mean_y = 0;
  for (const Point& p : points_) {
    mean_x += x(p) / static_cast<double>(n);
    mean_y += late(p) / static_cast<double>(n);
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const Point& p : points_) {
    xx += (x(p) - mean_x) * (x(p) - mean_x);
    xy += (x(p) - mean_x) * (late(p) - mean_y);
    yy += (late(p) - mean_y) * (late(p) - mean_y);
  }
  const double excess = xy / xx;  // seconds late per second
  const double squares = std::max(yy - excess * xy, 0.0);
  const double residual = std::sqrt(squares / static_cast<double>(n - 2));
  return Fit{(1 / (1 + excess) - 1) * 1e6, residual / std::sqrt(xx) * 1e6, residual, x(points_.back())};
}

}  // namespace joulemark::monsoon
