// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace joulemark::cli {

// Help as the parser lays it out, folded to 80 columns: what goes on stands under the description it belongs
// to.
[[nodiscard]] std::string fold_help(std::string_view text);

}  // namespace joulemark::cli
