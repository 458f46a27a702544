// SPDX-License-Identifier: GPL-3.0-or-later
// What shall go wrong on the simulated bench.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace joulemark::twin {

enum class FaultKind {
  lose,      // bytes from the probe vanish
  flip,      // one bit of each is another
  insert,    // noise between them
  nack,      // the sensor acknowledges nothing, but goes on
  stall,     // the bus to the sensor stands still
  gone,      // the sensor is unplugged; back again it has forgotten its settings
  reset,     // the target, in the middle of its first event on line 0 that is under way then or later
  overload,  // a further 100 mA through the shunt
};

struct Fault {
  FaultKind kind = FaultKind::lose;
  std::int64_t count = 1;  // bytes
  TimeNs time_ns = 0;      // since sampling was last started
  TimeNs length_ns = 0;    // of those that last
};

// "lose:N@TIME", "flip:N@TIME", "insert:N@TIME", "nack@TIME+LENGTH", "stall@TIME+LENGTH", "gone@TIME+LENGTH",
// "overload@TIME+LENGTH", "reset@TIME". Errors: usage.
[[nodiscard]] Result<std::vector<Fault>> parse_faults(std::span<const std::string> texts);

}  // namespace joulemark::twin
