// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/anomaly.h>

#include <drivers/probe/ping_clock.h>

#include <optional>
#include <string>

namespace joulemark::probe {

struct ClockNote {
  Severity severity = Severity::info;
  std::string text;
};

// What a report must say of the probe's clock; nothing when it may well be good. simulated: by us, so that it
// has time of its own.
[[nodiscard]] std::optional<ClockNote> note_on(const PingClock::Fit& fit, bool simulated);

}  // namespace joulemark::probe
