// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace joulemark::probe {

// The probe's clock as this computer's steady clock sees it, from PINGs. Of each stretch of time the pairing
// with the least delay is kept, and a straight line goes through them, weighted by what each is worth. Memory
// is constant: when the list is full, stretches are joined in pairs. Pure.
class PingClock {
 public:
  struct Pairing {
    TimeNs probe_ns = 0;        // by the probe's nominal rate
    TimeNs steady_ns = 0;       // the same instant ...
    TimeNs uncertainty_ns = 0;  // ... within this
  };
  struct Fit {
    double drift_ppm = 0;  // > 0: the probe runs fast
    double sigma_ppm = 0;  // one standard error, from the pairings' scatter or their worth, the larger
    double residual_s = 0;
    double span_s = 0;
  };

  void observe(const Pairing& pairing);

  // The best one since the last taken; none when there is no new one.
  [[nodiscard]] std::optional<Pairing> take_best();
  [[nodiscard]] const std::optional<Pairing>& latest() const { return latest_; }
  // None before k_enough_s seconds.
  [[nodiscard]] std::optional<Fit> fit() const;

  static constexpr double k_enough_s = 5;

 private:
  void join_pairs();

  static constexpr std::size_t k_most_points = 256;
  std::vector<Pairing> points_;  // one per stretch
  TimeNs stretch_ns_ = 1'000'000'000;
  TimeNs stretch_end_ns_ = 0;
  std::optional<Pairing> best_;
  std::optional<Pairing> latest_;
};

}  // namespace joulemark::probe
