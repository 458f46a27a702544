// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/supply_path.h>

#include <algorithm>
#include <cmath>

namespace joulemark::twin {

SupplyPath::SupplyPath(const SupplySettings& settings, double load_a) : settings_(settings) {
  pieces_.push_back({0, load_a, load_a, {}});
}

double SupplyPath::shunt_a(const Piece& piece, double s) const {
  if (settings_.tau_s <= 0) return piece.load_a;
  return piece.load_a + (piece.shunt_a - piece.load_a) * std::exp(-s / settings_.tau_s);
}

// With i = load + d exp(-s / tau): the integral of i is load s + d tau (1 - e), that of i^2 is
// load^2 s + 2 load d tau (1 - e) + d^2 tau / 2 (1 - e^2), where e = exp(-s / tau).
Delivered SupplyPath::delivered(const Piece& piece, double s) const {
  const double load = piece.load_a;
  const double tau = settings_.tau_s;
  const double d = tau > 0 ? piece.shunt_a - load : 0;
  const double left = tau > 0 ? -std::expm1(-s / tau) : 0;            // 1 - e
  const double left_twice = tau > 0 ? -std::expm1(-2 * s / tau) : 0;  // 1 - e^2
  const double charge = load * s + d * tau * left;
  const double square = load * load * s + 2 * load * d * tau * left + d * d * tau / 2 * left_twice;
  Delivered total = piece.before;
  total.shunt_c += charge;
  total.target_j += load * (settings_.supply_v * s - settings_.shunt_ohm * charge);
  total.shunt_j += settings_.supply_v * charge - settings_.shunt_ohm * square;
  return total;
}

void SupplyPath::set_load(TimeNs time_ns, double load_a) {
  const Piece& last = pieces_.back();
  if (load_a == last.load_a) return;
  const double s = to_seconds(time_ns - last.begin_ns);
  pieces_.push_back({time_ns, load_a, shunt_a(last, s), delivered(last, s)});
}

const SupplyPath::Piece& SupplyPath::piece_at(TimeNs time_ns) const {
  const auto after = std::ranges::upper_bound(pieces_, time_ns, {}, &Piece::begin_ns);
  return after == pieces_.begin() ? *after : *std::prev(after);
}

Delivered SupplyPath::delivered(TimeNs time_ns) const {
  const Piece& piece = piece_at(time_ns);
  return delivered(piece, to_seconds(time_ns - piece.begin_ns));
}

double SupplyPath::mean_current_a(TimeRange window) const {
  return (delivered(window.end_ns).shunt_c - delivered(window.begin_ns).shunt_c) / window.seconds();
}

double SupplyPath::mean_voltage_v(TimeRange window) const {
  return settings_.supply_v - settings_.shunt_ohm * mean_current_a(window);
}

void SupplyPath::forget_before(TimeNs time_ns) {
  while (pieces_.size() > 1 && pieces_[1].begin_ns <= time_ns)
    pieces_.pop_front();
}

}  // namespace joulemark::twin
