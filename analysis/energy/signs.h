// SPDX-License-Identifier: Apache-2.0
// What the signs of a report's figures say about instrument and wiring.
#pragma once

#include <analysis/model/report.h>

#include <optional>

namespace joulemark {

enum class Signs {
  sound,
  offset,      // idle is below zero, and what the events draw rises above it
  reversed,    // the target gives instead of drawing
  no_voltage,  // current flows, but the voltage measured is none that could drive it
};

// Of total, idle, events and capture; below zero counts beyond the interval of idle alone.
[[nodiscard]] Signs signs_of(const Report& report);

// None where they are sound.
[[nodiscard]] std::optional<Finding> finding_in_signs(const Report& report);

}  // namespace joulemark
