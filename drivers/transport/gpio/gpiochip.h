// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/gpio/edge_source.h>

#include <memory>
#include <span>
#include <string>

namespace joulemark::gpio {

// Takes those lines of a gpiochip ("gpiochip0", "0", its label or its path) as inputs and watches both edges;
// offsets[i] is line i. Errors, with what to do: no_instrument (no such chip or line), busy (not permitted,
// or somebody else has a line), usage (the chip cannot tell edges).
[[nodiscard]] Result<std::unique_ptr<EdgeSource>> open(const std::string& chip,
                                                       std::span<const unsigned> offsets);

}  // namespace joulemark::gpio
