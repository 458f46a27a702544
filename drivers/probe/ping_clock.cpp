// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/ping_clock.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::probe {
namespace {

constexpr double k_least_uncertainty_s = 1e-6;

}  // namespace

void PingClock::observe(const Pairing& pairing) {
  latest_ = pairing;
  if (!best_ || pairing.uncertainty_ns < best_->uncertainty_ns) best_ = pairing;
  if (points_.empty() || pairing.probe_ns >= stretch_end_ns_) {
    if (points_.size() == k_most_points) join_pairs();
    points_.push_back(pairing);
    stretch_end_ns_ = pairing.probe_ns + stretch_ns_;
  } else if (pairing.uncertainty_ns < points_.back().uncertainty_ns) {
    points_.back() = pairing;
  }
}

void PingClock::join_pairs() {
  std::vector<Pairing> joined;
  joined.reserve(k_most_points);
  for (std::size_t i = 0; i + 1 < points_.size(); i += 2)
    joined.push_back(points_[i + 1].uncertainty_ns < points_[i].uncertainty_ns ? points_[i + 1] : points_[i]);
  points_ = std::move(joined);
  stretch_ns_ *= 2;
}

std::optional<PingClock::Pairing> PingClock::take_best() {
  return std::exchange(best_, std::nullopt);
}

// Weighted least squares of (steady - probe) on probe time, about the means.
std::optional<PingClock::Fit> PingClock::fit() const {
  if (points_.size() < 3) return std::nullopt;
  const Pairing& origin = points_.front();
  const auto x = [&](const Pairing& p) { return to_seconds(p.probe_ns - origin.probe_ns); };
  const auto y = [&](const Pairing& p) { return to_seconds(p.steady_ns - origin.steady_ns) - x(p); };
  const auto weight = [](const Pairing& p) {
    return 1 / std::pow(std::max(to_seconds(p.uncertainty_ns), k_least_uncertainty_s), 2);
  };
  const double span_s = x(points_.back());
  if (span_s < k_enough_s) return std::nullopt;
  double w = 0, wx = 0, wy = 0;
  for (const Pairing& p : points_) {
    w += weight(p);
    wx += weight(p) * x(p);
    wy += weight(p) * y(p);
  }
  double xx = 0, xy = 0, yy = 0;
  for (const Pairing& p : points_) {
    const double dx = x(p) - wx / w;
    const double dy = y(p) - wy / w;
    xx += weight(p) * dx * dx;
    xy += weight(p) * dx * dy;
    yy += weight(p) * dy * dy;
  }
  const double late = xy / xx;  // seconds that the probe is late per second of its own
  const double chi2 = std::max(yy - late * xy, 0.0) / static_cast<double>(points_.size() - 2);
  return Fit{(1 / (1 + late) - 1) * 1e6, std::sqrt(std::max(chi2, 1.0) / xx) * 1e6,
             std::sqrt(chi2 * static_cast<double>(points_.size()) / w), span_s};
}

}  // namespace joulemark::probe
