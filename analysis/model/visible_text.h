// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace joulemark {

// Whether text is well-formed UTF-8 of characters that all show: none that controls, turns the direction of
// writing, takes no room or stands for damage. Different texts then stay different wherever they are shown.
[[nodiscard]] bool is_visible_text(std::string_view text);

}  // namespace joulemark
