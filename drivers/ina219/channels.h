// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/capture_info.h>

#include <drivers/ina219/chip/registers.h>
#include <drivers/ina219/settings.h>

#include <optional>
#include <vector>

namespace joulemark::ina219 {

inline constexpr ChannelId k_current_channel{0};
inline constexpr ChannelId k_voltage_channel{1};

// How the converter spends its time, as specified or measured. While a bus voltage is read at intervals the
// shunt goes unobserved: each time is in the capture as an Anomaly.
struct Timing {
  Characteristic shunt_s;       // one conversion of the shunt voltage: the aperture
  double bus_s = 0;             // one of the bus voltage
  bool both = false;            // they alternate
  bool clocked = true;          // conversion-ready works; else the readings are paced by us
  double bus_interval_s = 0;    // not both: from one bus voltage to the next; 0: none
  double typical_period_s = 0;  // by the data sheet

  // From one sample of the current to the next.
  [[nodiscard]] double period_s() const { return shunt_s.value + (both ? bus_s : 0); }
};

// Of both ways to an INA219; stored values are the registers' own steps, exactly.
struct ChannelSetup {
  double shunt_ohm = k_usual_shunt_ohm;
  Configuration configuration;
  Timing timing;
  std::optional<double> voltage_v;  // stated: there is no voltage channel

  [[nodiscard]] bool voltage_channel() const { return !voltage_v; }
  // The voltage is read now and then, and follows the current in between (see TargetVoltage).
  [[nodiscard]] bool voltage_follows() const { return voltage_channel() && !timing.both; }
};

[[nodiscard]] std::vector<Channel> channels_for(const ChannelSetup& setup);
[[nodiscard]] Supply supply_for(const ChannelSetup& setup);
[[nodiscard]] std::vector<Line> lines_for(const Settings& settings);

}  // namespace joulemark::ina219
