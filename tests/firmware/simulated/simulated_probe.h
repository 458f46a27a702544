// SPDX-License-Identifier: GPL-3.0-or-later
// The probe's firmware as it is flashed, in a simulated ATmega328P with a simulated INA219, and the host's
// end of its serial line.
#pragma once

#include <drivers/emulator/twin/avr_core.h>
#include <drivers/emulator/twin/avr_twi.h>
#include <drivers/emulator/twin/ina219_chip.h>

#include <jm_wire.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace joulemark::twin {

struct HeardSample {
  std::uint64_t ticks = 0;
  std::uint32_t number = 0;
  std::uint8_t channels = 0;
  std::int16_t code = 0;
};

struct HeardEdge {
  std::uint64_t ticks = 0;
  std::uint8_t line = 0;
  bool level = false;
};

// What the probe said, frame by frame.
struct Heard {
  std::vector<jm_wire_hello> hellos;
  std::vector<jm_wire_line> lines;
  std::vector<jm_wire_channel> channels;
  std::vector<jm_wire_status> statuses;
  std::vector<jm_wire_pong> pongs;
  std::vector<jm_wire_ack> acks;
  std::vector<HeardSample> samples;
  std::vector<HeardEdge> edges;
  std::size_t bytes = 0;
  int damaged = 0;
};

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
  void ask(std::uint8_t type);
  void ask_start(std::uint16_t lease_s = 0);
  void ask_configure(std::uint16_t sensor_config, std::uint16_t bus_every = 0, bool keep = false);
  void ask_ping(std::uint32_t token);

  // Line 0 is captured, 1 to 6 are pin-change lines.
  void set_line_at(Cycle cycle, int line, bool level);

  [[nodiscard]] const Heard& heard() const { return heard_; }
  void forget() { heard_ = {}; }
  [[nodiscard]] Ina219Chip& chip() { return chip_; }
  [[nodiscard]] AvrCore& core() { return *core_; }

 private:
  void hear(std::uint8_t byte);
  void hear_frame();
  void hear_hello(const std::uint8_t* payload, std::size_t size);
  void hear_samples(const std::uint8_t* payload, std::size_t size);
  void hear_edges(const std::uint8_t* payload, std::size_t size);
  void begin(std::uint8_t type);
  void send();

  std::unique_ptr<AvrCore> core_;
  ShuntLoad load_;
  Ina219Chip chip_;
  std::unique_ptr<AvrTwi> twi_;
  std::array<std::uint8_t, JM_WIRE_MAX_FRAME> frame_{};
  jm_wire_decoder decoder_{};
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line_{};
  jm_wire_encoder encoder_{};
  std::uint8_t sequence_ = 0;
  Heard heard_;
};

}  // namespace joulemark::twin
