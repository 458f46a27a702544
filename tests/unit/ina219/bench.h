// SPDX-License-Identifier: Apache-2.0
// The emulated chip on a bus with costs and faults, on simulated time.
#pragma once

#include <drivers/emulator/ina219_model.h>
#include <drivers/instrument/timebase.h>
#include <drivers/transport/i2c/register_bus.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

namespace joulemark::ina219::test {

class FakeTime final : public Timebase {
 public:
  TimeNs steady_ns() override { return now_ns; }
  TimeNs utc_ns() override { return now_ns + 1'700'000'000'000'000'000; }
  void wait(TimeNs duration_ns) override { now_ns += duration_ns + wake_up_ns(); }

  std::atomic<TimeNs> now_ns = 1'000'000'000;
  std::function<TimeNs()> wake_up_ns = [] { return 60'000; };  // what a sleep takes longer
};

// Functions of time (seconds since the start of FakeTime), linear within a conversion.
class FunctionLoad final : public emulator::Ina219Load {
 public:
  double mean_current_a(TimeRange window) override { return current_a(middle_s(window)); }
  double mean_voltage_v(TimeRange window) override { return voltage_v(middle_s(window)); }

  std::function<double(double)> current_a = [](double) { return 10e-3; };
  std::function<double(double)> voltage_v = [](double) { return 3.3; };

 private:
  static double middle_s(TimeRange window) {
    return to_seconds(window.begin_ns + window.length_ns() / 2 - 1'000'000'000);
  }
};

// One chip on one bus.
class BenchBus final : public i2c::RegisterBus {
 public:
  BenchBus(FakeTime& time, emulator::Ina219Model& model) : time_(time), model_(model) {}

  int write(std::uint8_t reg, std::uint16_t value) override {
    if (const int error = pass()) return error;
    if (const int error = write_fault()) return error;
    model_.write(time_.now_ns, reg, value);
    time_.now_ns += transfer_ns() / 2;
    return 0;
  }
  int read(std::span<const std::uint8_t> regs, std::span<std::uint16_t> values) override {
    for (std::size_t i = 0; i < regs.size(); ++i) {
      if (const int error = pass()) return error;
      values[i] = model_.read(time_.now_ns, regs[i]);
      if (ready_stuck && regs[i] == 2) values[i] |= 2;
      time_.now_ns += transfer_ns() / 2;
    }
    return 0;
  }

  std::function<TimeNs()> transfer_ns = [] { return 120'000; };  // 400 kHz
  std::function<int()> fault = [] { return 0; };                 // errno of the next transfer
  std::function<int()> write_fault = [] { return 0; };
  bool ready_stuck = false;  // as in i2c-stub

 private:
  int pass() {
    time_.now_ns += transfer_ns() / 2;
    return fault();
  }

  FakeTime& time_;
  emulator::Ina219Model& model_;
};

struct Bench {
  explicit Bench(const emulator::Ina219Settings& settings = {})
      : model(settings, load, [this](const emulator::Ina219Conversion& done) {
          (done.shunt ? conversions : bus_conversions).push_back(done);
        }) {}

  FakeTime time;
  FunctionLoad load;
  std::vector<emulator::Ina219Conversion> conversions;  // of the shunt
  std::vector<emulator::Ina219Conversion> bus_conversions;
  emulator::Ina219Model model;
  BenchBus bus{time, model};
};

}  // namespace joulemark::ina219::test
