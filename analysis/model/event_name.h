// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <string_view>

namespace joulemark {

// Names become JSON keys and the parts of "a+b" in the shares: letters, digits, and _ - . / : alone, all of
// which show, and none that a share has. Errors: usage.
[[nodiscard]] Status check_event_name(std::string_view name);

}  // namespace joulemark
