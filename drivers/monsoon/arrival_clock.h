// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark::monsoon {

// The unit has no clock to ask, only its rate. Arrivals are never early and sometimes late, so the least
// delayed one of each stretch of time is regressed against the slot count: that is the unit's clock as the
// host's steady clock sees it. Memory is constant: when the list is full, stretches are joined in pairs.
class ArrivalClock {
 public:
  struct Point {
    TimeNs capture_ns = 0;  // end of the packet's last slot
    TimeNs steady_ns = 0;   // when it arrived
  };
  struct Fit {
    double drift_ppm = 0;   // > 0: the unit runs fast
    double sigma_ppm = 0;   // one standard error
    double residual_s = 0;  // rms of the least delayed arrivals about the line
    double span_s = 0;
  };

  void observe(std::int64_t slots, TimeNs arrival_ns);

  // The least delayed arrival since the last one taken, every k_point_every of capture time, or at once.
  [[nodiscard]] std::optional<Point> take_point(bool at_once = false);

  // None before k_enough_s seconds.
  [[nodiscard]] std::optional<Fit> fit() const;

  static constexpr TimeNs k_point_every = 10'000'000'000;
  static constexpr double k_enough_s = 5;

 private:
  [[nodiscard]] double delay_ns(const Point& point) const;
  void join_pairs();

  static constexpr std::size_t k_most_points = 256;
  std::vector<Point> points_;  // one per stretch
  TimeNs stretch_ns_ = 1'000'000'000;
  TimeNs stretch_end_ns_ = 0;
  double slope_ = 1;  // steady per capture time, of the last fit
  std::optional<Point> best_;
  TimeNs latest_ns_ = 0;
  TimeNs point_end_ns_ = 2'000'000'000;  // the first one early, so that short captures have one
};

}  // namespace joulemark::monsoon
