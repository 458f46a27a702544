// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/option.h>

#include <span>
#include <string>

namespace joulemark::cli {

// One option a line or two, at most 80 columns, for help texts.
[[nodiscard]] std::string option_table(std::span<const OptionSpec> specs);

}  // namespace joulemark::cli
