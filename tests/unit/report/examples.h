// SPDX-License-Identifier: Apache-2.0
// Captures that between them show what a report can hold.
#pragma once

#include <analysis/energy/build_report.h>

namespace joulemark::test {

// Wake-ups with a detector in each, a keyword now and then, a lost edge, a glitch, samples lost.
[[nodiscard]] Analysis busy_example();
// One long event, nothing wrong.
[[nodiscard]] Analysis clean_example();
// Current alone.
[[nodiscard]] Analysis example_without_voltage();
// Nothing named.
[[nodiscard]] Analysis example_without_events();

}  // namespace joulemark::test
