// SPDX-License-Identifier: Apache-2.0
// What the chip takes, whoever asks for it. Errors: usage, naming the option.
#pragma once

#include <analysis/model/result.h>

#include <cstdint>
#include <optional>
#include <string>

namespace joulemark::ina219 {

// The option 'addr': 0x40 to 0x4f, or the same in decimal.
[[nodiscard]] Result<std::uint8_t> read_address(const std::string& text);

// The option 'max_current' against the chip's widest range.
[[nodiscard]] Status check_current(const std::optional<double>& max_current_a, double shunt_ohm);

}  // namespace joulemark::ina219
