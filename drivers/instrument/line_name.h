// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <string_view>

namespace joulemark {

// A line's name becomes that of an event, so it must be one that a report takes: letters, digits, and _ - . /
// : alone, and none that a share has. Errors: usage, naming the option.
[[nodiscard]] Status check_line_name(std::string_view option, std::string_view name);

}  // namespace joulemark
