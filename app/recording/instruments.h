// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>

namespace joulemark {

// Every family that this build knows.
[[nodiscard]] InstrumentRegistry make_registry();

}  // namespace joulemark
