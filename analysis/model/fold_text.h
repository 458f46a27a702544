// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace joulemark {

// The help of a command line as its parser lays it out, folded to 80 columns: what goes on stands under the
// description it belongs to.
[[nodiscard]] std::string fold_text(std::string_view text);

}  // namespace joulemark
