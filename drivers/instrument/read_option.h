// SPDX-License-Identifier: Apache-2.0
// What several drivers read alike from their options. Errors: usage, naming the option and what it takes.
#pragma once

#include <analysis/model/option.h>

#include <optional>
#include <string_view>

namespace joulemark {

// A quantity of low to high, in SI. "0.1" and "100mohm" alike: there is only one unit that it could be. An
// option that was not given leaves into as it is.
[[nodiscard]] Status read_optional(const OptionValues& options, std::string_view name, std::string_view unit,
                                   double low, double high, std::optional<double>& into);

// One of two words: true for yes; false for no, and when not given.
[[nodiscard]] Result<bool> choose(const OptionValues& options, std::string_view name, std::string_view no,
                                  std::string_view yes);

}  // namespace joulemark
