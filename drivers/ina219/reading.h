// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <cstdint>

namespace joulemark::ina219 {

// What the acquisition thread hands over. Times are CLOCK_MONOTONIC.
struct Reading {
  enum class Kind : std::uint8_t {
    shunt,         // a conversion of the shunt voltage, and in mode both of the bus voltage
    bus,           // one of the bus voltage alone; the shunt was not observed meanwhile
    fault,         // a transfer failed
    reconfigured,  // the chip had lost its configuration, after after_ns, and got it again (error: did not)
  };

  Kind kind = Kind::shunt;
  bool restarted = false;  // the converter was started anew after the reading before
  bool overflow = false;   // of the chip's current or power register
  std::uint16_t shunt = 0;
  std::uint16_t bus = 0;
  int error = 0;         // fault, reconfigured: errno
  TimeNs after_ns = 0;   // the conversion ended after this: it was not ready then
  TimeNs before_ns = 0;  // and before this: it was ready then
  TimeNs read_ns = 0;    // when its value was asked for
};

}  // namespace joulemark::ina219
