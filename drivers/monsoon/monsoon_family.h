// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>

namespace joulemark::monsoon {

// "monsoon:" (the only one attached), "monsoon:?serial=20519": Monsoon HVPM and LVPM power monitors.
[[nodiscard]] InstrumentFamily monsoon_family();

}  // namespace joulemark::monsoon
