// SPDX-License-Identifier: GPL-3.0-or-later
// What really happened to the simulated target, as exactly as the supply path's closed form says it.
#pragma once

#include <analysis/model/time.h>

#include <drivers/emulator/twin/supply_path.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark::twin {

// Energies are what the target used: its voltage times its current, before the capacitor smears it.
struct TrueEvent {
  int line = 0;
  TimeRange time;  // of the marker
  double in_marker_j = 0;
  // From the wake before the marker to the falling asleep after it. None when another event lies in the same
  // stretch, or it has not ended yet.
  std::optional<double> wake_to_sleep_j;
  bool cut_off = false;  // by a reset
};

class Truth {
 public:
  explicit Truth(const SupplyPath& supply) : supply_(supply) {}

  // In order of time; the supply path knows every load up to then.
  void marker_changed(TimeNs time_ns, int line, bool level);
  void slept(TimeNs time_ns, bool deeply);
  void woke(TimeNs time_ns);
  void target_reset(TimeNs time_ns);
  // Conversions are counted from now on; one that the probe has read.
  void start_sampling() { sampled_.reset(); }
  void sampled(TimeRange window);

  // Those that have ended.
  [[nodiscard]] const std::vector<TrueEvent>& events() const { return done_; }

  struct Description {
    std::vector<std::string> names;  // of the lines
    TimeNs origin_ns = 0;            // times are told from then on
    TimeNs now_ns = 0;
  };
  // Keys as in the Report: SI units in names.
  [[nodiscard]] std::string to_json(const Description& description) const;

 private:
  struct Open {
    TrueEvent event;
    double before_marker_j = 0;
    double before_wake_j = 0;
    bool shared = false;  // with another event, in one stretch awake
    bool ended = false;
  };
  void begin_event(TimeNs time_ns, int line);
  void end_event(TimeNs time_ns, int line);
  void close_ended(std::optional<double> used_j);
  [[nodiscard]] double used_j(TimeNs time_ns) const { return supply_.delivered(time_ns).target_j; }

  const SupplyPath& supply_;
  std::vector<Open> open_;
  std::vector<TrueEvent> done_;
  double before_wake_j_ = 0;
  std::optional<TimeNs> idle_since_;
  double before_idle_j_ = 0;
  TimeNs idle_ns_ = 0;
  double idle_j_ = 0;
  std::optional<TimeRange> sampled_;
  Delivered before_samples_;
  Delivered after_samples_;
  std::vector<TimeNs> resets_;
};

}  // namespace joulemark::twin
