// SPDX-License-Identifier: GPL-3.0-or-later
// From a regulated supply through the shunt to a target with its capacitor: the load current changes in
// steps, what the shunt sees follows with one time constant, exactly (closed form, no time steps).
//
//   C dv/dt = (supply - v) / R - load, so the shunt current i obeys tau di/dt = load - i, tau = R C,
//   and v = supply - R i.
#pragma once

#include <analysis/model/time.h>

#include <deque>

namespace joulemark::twin {

struct SupplySettings {
  double supply_v = 3.3;
  double shunt_ohm = 1;
  double tau_s = 20e-6;  // 0: no capacitor
};

// Totals from the start. v is the voltage at the target, which an INA219 measures as its bus voltage.
struct Delivered {
  double shunt_c = 0;   // through the shunt
  double target_j = 0;  // v x load: what the target itself has used
  double shunt_j = 0;   // v x shunt current: what has passed the shunt; the difference is in the capacitor
};

class SupplyPath {
 public:
  // At rest under load_a.
  SupplyPath(const SupplySettings& settings, double load_a);

  // Times never fall.
  void set_load(TimeNs time_ns, double load_a);
  [[nodiscard]] double load_a() const { return pieces_.back().load_a; }

  // time_ns: not before what was forgotten; after the last change the load is taken to stay.
  [[nodiscard]] Delivered delivered(TimeNs time_ns) const;
  [[nodiscard]] double mean_current_a(TimeRange window) const;
  [[nodiscard]] double mean_voltage_v(TimeRange window) const;
  void forget_before(TimeNs time_ns);

  [[nodiscard]] const SupplySettings& settings() const { return settings_; }

 private:
  struct Piece {  // of constant load
    TimeNs begin_ns = 0;
    double load_a = 0;
    double shunt_a = 0;  // at its begin
    Delivered before;    // up to its begin
  };
  [[nodiscard]] const Piece& piece_at(TimeNs time_ns) const;
  [[nodiscard]] double shunt_a(const Piece& piece, double s) const;
  [[nodiscard]] Delivered delivered(const Piece& piece, double s) const;

  SupplySettings settings_;
  std::deque<Piece> pieces_;
};

}  // namespace joulemark::twin
