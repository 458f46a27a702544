// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <drivers/monsoon/earliest_line.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark::monsoon {

// The unit has no clock to ask, only its rate. Arrivals are never early and sometimes late, so the least
// delayed ones, against the slot count, are the unit's clock as the host's steady clock sees it: one is kept
// of each stretch of time, and an EarliestLine laid under them. Late stretches, at the end too, do not move
// it as long as they are less than half of the time. Memory is constant: when the list is full, stretches are
// joined in pairs. Allocates nothing after construction; O(1) a packet.
class ArrivalClock {
 public:
  struct Point {
    TimeNs capture_ns = 0;  // end of the packet's last slot
    TimeNs steady_ns = 0;   // when it arrived
  };
  struct Fit {
    double drift_ppm = 0;   // > 0: the unit runs fast
    double sigma_ppm = 0;   // its standard uncertainty
    double residual_s = 0;  // how late the least delayed arrival of a twelfth of the time typically is
    double span_s = 0;

    [[nodiscard]] bool useful() const { return sigma_ppm <= k_useful_ppm; }
  };

  ArrivalClock() { points_.reserve(k_most_points); }

  void observe(std::int64_t slots, TimeNs arrival_ns);

  // The least delayed arrival since the last one taken, every k_point_every of capture time, or at once.
  [[nodiscard]] std::optional<Point> take_point(bool at_once = false);

  // None before k_enough_s seconds, or when no line is possible.
  [[nodiscard]] std::optional<Fit> fit() const;

  // How late an arrival may have been, by what is known so far. None before the first second or so.
  [[nodiscard]] std::optional<double> lateness_s(const Point& point) const;

  static constexpr TimeNs k_point_every = 10'000'000'000;
  static constexpr double k_enough_s = 5;
  static constexpr double k_useful_ppm = 50;  // worse than what crystals keep without any check

 private:
  [[nodiscard]] Delay delay(const Point& point) const;
  [[nodiscard]] bool earlier(const Point& a, const Point& b) const;
  [[nodiscard]] std::optional<EarliestLine> line() const;
  void begin_stretch(const Point& point);
  void join_pairs();

  static constexpr std::size_t k_most_points = k_most_delays;
  static constexpr std::size_t k_points_for_slope = 8;  // after so many more it is looked at again
  static constexpr double k_most_slope = 0.02;          // no clock of a unit is that far off
  std::vector<Point> points_;                           // one per stretch
  TimeNs stretch_ns_ = 100'000'000;
  TimeNs stretch_end_ns_ = 0;
  double slope_ = 0;  // steady per capture time, less 1, by a line so far
  std::optional<Point> best_;
  TimeNs latest_ns_ = 0;
  TimeNs point_end_ns_ = 2'000'000'000;  // the first one early, so that short captures have one
};

}  // namespace joulemark::monsoon
