// SPDX-License-Identifier: Apache-2.0
// The options of probe: as values.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/option.h>
#include <analysis/model/result.h>

#include <drivers/ina219/chip/registers.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace joulemark::probe {

inline constexpr double k_least_shunt_ohm = 1e-3;
inline constexpr double k_most_shunt_ohm = 100;

struct NamedLine {
  std::uint32_t line = 0;
  std::string name;  // "" when nobody named it
};

struct Settings {
  unsigned baud = 1'000'000;
  std::optional<double> shunt_ohm;      // none: as the probe has it
  std::optional<double> max_current_a;  // none: what the finest range holds
  const ina219::AdcSetting* adc = ina219::adc_setting("12bit");
  bool both = false;
  std::optional<double> voltage_v;  // stated instead of measured
  double bus_interval_s = 1;
  ina219::BusRange bus_range = ina219::BusRange::v16;
  std::optional<std::uint8_t> address;  // none: as the probe has it
  std::vector<NamedLine> lines;         // empty: as the probe has it
  double patience_s = 10;               // how long a probe that has gone may take to come back
  double slack = 1;                     // answers may take so many times what a real probe needs
  bool simulated = false;               // by us: its time is its own
  bool sensor_options = false;          // some option was given that needs CONFIGURE
};

[[nodiscard]] std::vector<OptionSpec> option_specs();

// Errors: usage, naming the option and what it takes. Whether max_current fits a shunt that is not stated,
// the probe must say.
[[nodiscard]] Result<Settings> read_settings(const OptionValues& options);

// "event.<name>" for every line that was given a name.
[[nodiscard]] std::vector<MetadataItem> event_rules(const Settings& settings);

}  // namespace joulemark::probe
