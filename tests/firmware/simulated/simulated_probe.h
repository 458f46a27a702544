// SPDX-License-Identifier: GPL-3.0-or-later
// The probe's firmware as it is flashed, in a simulated ATmega328P with a simulated INA219, and the host's
// end of its serial line.
#pragma once

#include <drivers/emulator/twin/avr_core.h>
#include <drivers/emulator/twin/avr_twi.h>
#include <drivers/emulator/twin/ina219_chip.h>

#include <tests/firmware/simulated/probe_host.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace joulemark::twin {

// Mean volts across the shunt over [begin, end) in cycles.
using MeanShunt = std::function<double(Cycle begin, Cycle end)>;

class ShuntLoad final : public emulator::Ina219Load {
 public:
  ShuntLoad(double shunt_ohm, MeanShunt shunt_v) : shunt_ohm_(shunt_ohm), shunt_v_(std::move(shunt_v)) {}
  double mean_current_a(TimeRange window) override {
    return shunt_v_(cycle_of(window.begin_ns), cycle_of(window.end_ns)) / shunt_ohm_;
  }
  double mean_voltage_v(TimeRange) override { return 3.3; }

 private:
  double shunt_ohm_;
  MeanShunt shunt_v_;
};

class SimulatedProbe {
 public:
  SimulatedProbe(const emulator::Ina219Settings& chip, MeanShunt shunt_v,
                 const std::string& elf = JM_PROBE_ELF);

  void run_ms(double ms);
  void ask(std::uint8_t type) { host_.ask(type); }
  void ask_start() { host_.ask_start(); }
  void ask_configure(std::uint16_t sensor_config) {
    host_.ask_configure({sensor_config, 0, 100000, 0x7F, 0, 0});
  }
  void ask_ping(std::uint32_t token) { host_.ask_ping(token); }

  // Line 0 is captured, 1 to 6 are pin-change lines.
  void set_line_at(Cycle cycle, int line, bool level);

  [[nodiscard]] const Heard& heard() const { return host_.heard(); }
  void forget() { host_.forget(); }
  [[nodiscard]] Ina219Chip& chip() { return chip_; }
  [[nodiscard]] AvrCore& core() { return *core_; }

 private:
  std::unique_ptr<AvrCore> core_;
  ShuntLoad load_;
  Ina219Chip chip_;
  std::unique_ptr<AvrTwi> twi_;
  ProbeHost host_;
};

}  // namespace joulemark::twin
