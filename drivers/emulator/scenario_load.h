// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/emulator/ina219_model.h>
#include <drivers/emulator/monsoon_scenario.h>

#include <cstdint>
#include <deque>
#include <memory>

namespace joulemark::emulator {

// A scenario behind an INA219's shunt, on a constant supply before it. The scenario's means are taken over
// slots of 10 us, and are constant within one.
class ScenarioLoad final : public Ina219Load {
 public:
  // begin_ns: the scenario's time 0.
  ScenarioLoad(std::unique_ptr<MonsoonScenario> scenario, double supply_v, double shunt_ohm,
               TimeNs begin_ns = 0);

  [[nodiscard]] double mean_current_a(TimeRange window) override;
  [[nodiscard]] double mean_voltage_v(TimeRange window) override {
    return supply_v_ - shunt_ohm_ * mean_current_a(window);
  }

  // Of the target's marker line; not before the last window's begin, where it is the level there.
  [[nodiscard]] bool marker(TimeNs time_ns);

 private:
  struct Slot {
    double mean_a = 0;
    std::uint8_t marker = 0;
  };

  [[nodiscard]] std::int64_t slot_of(TimeNs time_ns) const;
  [[nodiscard]] const Slot& slot(std::int64_t number);  // the first one kept where it is older
  void forget_before(std::int64_t number);

  std::unique_ptr<MonsoonScenario> scenario_;
  double supply_v_;
  double shunt_ohm_;
  TimeNs begin_ns_;
  std::deque<Slot> slots_;
  std::int64_t first_ = 0;  // number of slots_.front()
};

}  // namespace joulemark::emulator
