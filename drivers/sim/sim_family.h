// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>

namespace joulemark::sim {

// "sim:kws": an instrument and a target made of formulae and a seed, whose exact energies are known.
[[nodiscard]] InstrumentFamily sim_family();

}  // namespace joulemark::sim
