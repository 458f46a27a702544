// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>

namespace joulemark::twin_process {

// "twin:kws": two simulated boards with real firmware, started for the recording.
[[nodiscard]] InstrumentFamily twin_family();

}  // namespace joulemark::twin_process
