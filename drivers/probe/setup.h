// SPDX-License-Identifier: Apache-2.0
// What is known of a probe before a recording, and what follows for the capture.
#pragma once

#include <analysis/model/capture_info.h>

#include <drivers/probe/hello.h>
#include <drivers/probe/settings.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark::probe {

inline constexpr ChannelId k_current_channel{0};
inline constexpr ChannelId k_voltage_channel{1};

struct Setup {
  Hello hello;  // with the settings in force
  double shunt_ohm = 0.1;
  const char* shunt_basis = "probe";  // stated, or as the probe has it
  std::optional<double> voltage_v;    // stated: there is no voltage channel

  // From one sample of the current to the next, and what one averages over (0: a point), as far as measured.
  Characteristic period_s;
  Characteristic aperture_s;
  double counted_s = 0;  // a sample, as the interval between bus voltages was counted
  double bus_s = 0;      // one conversion of the bus voltage; in mode both it follows that of the shunt
  bool both = false;     // the two alternate
  bool clocked = false;  // conversions follow each other at once, on the sensor's own clock: each ends where
                         // the one before it and its stamp leave, within the lag

  [[nodiscard]] const jm_wire_channel& current() const {
    return hello.channels[*hello.channel_of(JM_WIRE_SHUNT_VOLTAGE)];
  }
  // Null: not measured.
  [[nodiscard]] const jm_wire_channel* voltage() const;
  // An INA219's voltage is read now and then, and follows the current in between (see ina219::TargetVoltage).
  [[nodiscard]] bool voltage_follows() const;
  [[nodiscard]] TimeNs ns_of(std::uint64_t ticks) const;  // on the probe's clock, by its nominal rate
};

// As stated, or as the probe has it. Errors: protocol (it has none, or one that cannot be).
[[nodiscard]] Result<double> shunt_of(const Hello& hello, const Settings& settings);

// As HELLO tells it, nothing measured yet. Errors: protocol (no channel for a current, no shunt, numbers that
// no probe can mean).
[[nodiscard]] Result<Setup> setup_from(Hello hello, const Settings& settings);

[[nodiscard]] std::vector<Channel> channels_for(const Setup& setup);
[[nodiscard]] Supply supply_for(const Setup& setup);
[[nodiscard]] std::vector<Line> lines_for(const Setup& setup, const Settings& settings);
[[nodiscard]] InstrumentIdentity identity_of(const std::string& uri, const Setup& setup);
// Capabilities, calibration and what each line's stamps are worth.
[[nodiscard]] std::vector<MetadataItem> describe(const Setup& setup);

}  // namespace joulemark::probe
