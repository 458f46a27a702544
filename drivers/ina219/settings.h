// SPDX-License-Identifier: Apache-2.0
// The options of i2c: and iio: as values.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/option.h>
#include <analysis/model/result.h>

#include <drivers/ina219/chip/registers.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace joulemark::ina219 {

struct MarkerPin {
  unsigned offset = 0;  // of the line on its chip
  std::string name;
};

struct Settings {
  std::uint8_t address = 0x40;
  std::optional<double> shunt_ohm;      // none: not stated
  std::optional<double> max_current_a;  // none: what the finest range holds
  const AdcSetting* adc = nullptr;      // null: the fastest that the bus keeps up with
  bool both = false;                    // the bus voltage with every conversion, half of the time each
  std::optional<double> voltage_v;      // stated instead of measured
  double bus_interval_s = 1;            // from one bus voltage to the next; unless both, or stated
  BusRange bus_range = BusRange::v16;
  std::string gpiochip = "gpiochip0";
  std::vector<MarkerPin> markers;
  std::optional<double> edge_resolution_s;  // none: the usual one

  // With the shunt that there is. The range must hold max_current (see read_settings).
  [[nodiscard]] ShuntRange range(double shunt) const;
  [[nodiscard]] double most_current_a(double shunt) const;
};

// A common breakout board's.
inline constexpr double k_usual_shunt_ohm = 0.1;

[[nodiscard]] std::vector<OptionSpec> i2c_option_specs();
[[nodiscard]] std::vector<OptionSpec> iio_option_specs();

// Errors: usage, naming the option and what it takes.
[[nodiscard]] Result<Settings> read_settings(const OptionValues& options);

// The options as given, for the record.
[[nodiscard]] std::vector<MetadataItem> given(const OptionValues& options);

// Of the marker lines, in their order.
[[nodiscard]] std::vector<unsigned> offsets_of(const Settings& settings);

}  // namespace joulemark::ina219
