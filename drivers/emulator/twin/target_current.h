// SPDX-License-Identifier: GPL-3.0-or-later
// What the simulated target draws, as a function of what it does. The figures are of the size that the
// ATmega328P's data sheet shows as typical at 3.3 V, and of parts that one would put beside it; they are a
// stated model, not a measurement.
#pragma once

namespace joulemark::twin {

enum class Doing { running, idling, sleeping };  // sleeping: power-down, with the watchdog on

struct TargetState {
  Doing doing = Doing::running;
  double clock_hz = 8e6;
  bool converter = false;
  bool radio = false;
  bool led = false;
  double fault_a = 0;  // a load that is not the target's own
};

[[nodiscard]] constexpr double target_current_a(const TargetState& state) {
  const double clock_mhz = state.clock_hz * 1e-6;
  double current_a = 120e-6;  // microphone and regulator, always
  if (state.doing == Doing::running) current_a += 0.2e-3 + 0.41e-3 * clock_mhz;
  if (state.doing == Doing::idling) current_a += 0.06e-3 + 0.09e-3 * clock_mhz;
  if (state.doing == Doing::sleeping) current_a += 4.5e-6;
  if (state.converter) current_a += 0.23e-3;
  if (state.radio) current_a += 11.3e-3;  // transmitting at 0 dBm
  if (state.led) current_a += 2e-3;
  return current_a + state.fault_a;
}

}  // namespace joulemark::twin
