// SPDX-License-Identifier: Apache-2.0
// Before a recording: is it an INA219, how fast is the bus, and how long does a conversion really take.
#pragma once

#include <analysis/model/result.h>

#include <drivers/ina219/channels.h>
#include <drivers/ina219/poller.h>
#include <drivers/ina219/settings.h>
#include <drivers/instrument/timebase.h>
#include <drivers/transport/i2c/register_bus.h>

#include <stop_token>
#include <string>
#include <vector>

namespace joulemark::ina219 {

// What an INA219 says of itself, which is little: it has no identity register.
struct ChipState {
  std::uint16_t configuration = 0;
  std::uint16_t calibration = 0;
  std::uint16_t bus_voltage = 0;
};

// Reads and changes nothing. Errors: no_instrument (no acknowledge, or not an INA219), protocol.
[[nodiscard]] Result<ChipState> look_at(i2c::RegisterBus& bus);

struct Survey {
  Poller::Plan plan;
  Timing timing;
  std::vector<std::string> news;  // what a person should know, a sentence each
};

// Configures the chip for the recording and measures: takes about half a second, longer where conversions do.
// Errors: protocol, and those of go_on.
[[nodiscard]] Result<Survey> survey(i2c::RegisterBus& bus, Timebase& timebase, const Settings& settings,
                                    double shunt_ohm, const std::stop_token& stop = {});

// The least averaging whose conversions a bus keeps up with that needs so long for each.
[[nodiscard]] const AdcSetting& fastest_adc(double cycle_s);

}  // namespace joulemark::ina219
