// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>

namespace joulemark::monsoon {

// "monsoon:" (the only one attached), "monsoon:?serial=20519", "monsoon:/dev/ttyACM0" (an LVPM with
// factory firmware): Monsoon power monitors.
[[nodiscard]] InstrumentFamily monsoon_family();

}  // namespace joulemark::monsoon
