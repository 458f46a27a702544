// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::ina219 {

// The voltage at the target for every conversion of the shunt, from bus voltages that are read now and then.
// The chip measures its bus voltage behind the shunt, so what stands before the shunt is bus plus shunt
// voltage, both measured: no resistance comes in. That is held from one reading to the next, and at every
// conversion what the shunt drops is taken off it. Not seen: what the supply itself sags between readings.
// Pure; all in steps of the shunt voltage's register, k_shunt_step_v.
class TargetVoltage {
 public:
  static constexpr int k_steps_of_bus = 400;  // shunt steps in one of the bus voltage, k_bus_step_v
  static constexpr const char* k_description =
      "the supply before the shunt, as last read, less the voltage across the shunt at each sample";

  struct Sample {
    std::int64_t index = 0;  // of the conversion
    TimeNs end_ns = 0;
    int steps = 0;
  };

  // The bus voltage was measured since the last conversion.
  void read(int bus_steps) { reading_ = bus_steps * k_steps_of_bus; }

  // shunt: of every conversion, in order; clipped: beyond the range. The voltages that are known by now and
  // have not been told, valid until the next call: that of this conversion, and after the first reading those
  // of all before it (of k_most_waiting at most). While there are both, the shunt voltage during a reading is
  // the mean of those before and after it; one beside a clipped conversion says nothing.
  [[nodiscard]] std::span<const Sample> conversion(const Sample& shunt, bool clipped);
  // The same for what stands for the time of the reading itself (see UnobservedShunt).
  [[nodiscard]] std::span<const Sample> bridge(const Sample& mean, bool clipped);

 private:
  static constexpr std::size_t k_most_waiting = 1 << 16;

  void renew_supply(int shunt_steps, bool clipped);

  std::optional<int> supply_;  // before the shunt
  std::optional<int> reading_;
  std::optional<int> last_shunt_;
  bool last_clipped_ = false;
  std::vector<Sample> waiting_;  // with the shunt's steps, until told
};

}  // namespace joulemark::ina219
