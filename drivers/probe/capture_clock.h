// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <optional>

namespace joulemark::probe {

// Capture time = the probe's time + offset. None: before the first sample, or after a reset of the probe
// until its new clock is paired.
struct CaptureClock {
  std::optional<TimeNs> offset_ns;

  [[nodiscard]] TimeNs of(TimeNs probe_ns) const { return probe_ns + offset_ns.value_or(0); }
};

}  // namespace joulemark::probe
