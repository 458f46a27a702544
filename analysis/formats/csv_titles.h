// SPDX-License-Identifier: Apache-2.0
// Units as column titles and options write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace joulemark {

// The one spelling of a unit of time, current, voltage, power or energy: "mA" for mA, ma, milliamps, "us" for
// µs (also in Latin-1), usec, microseconds. None for anything else; MA is none, since nobody logs
// megaamperes.
[[nodiscard]] std::optional<std::string> plain_unit(std::string_view text);

// The unit a title states, in its one spelling: in brackets ("Main(mA)", "Main current (A) - Arc"), or after
// a word for its quantity ("t_us", "current_ma", "I/mA", "Time ms"). What stands in brackets at the end and
// is no unit of ours comes back as it is. None without any.
[[nodiscard]] std::optional<std::string> unit_in_title(std::string_view title);

// "Current" of "Current(uA)"; the title itself when it states no unit in brackets.
[[nodiscard]] std::string_view without_unit(std::string_view title);

// Whether a word stands in a title, in any case: "main" in "Main Avg Current (mA)", not in "remaining".
[[nodiscard]] bool has_word(std::string_view title, std::string_view word);

// The unit's power of ten in ns: "ms" is 6. None when it is no unit of time.
[[nodiscard]] std::optional<int> time_exponent(std::string_view unit);

// The unit in SI, for the quantity whose SI unit is symbol ("A"): "mA" is 1e-3. None for other quantities.
[[nodiscard]] std::optional<double> value_factor(std::string_view unit, std::string_view symbol);

[[nodiscard]] std::string lower(std::string_view text);

// The text when it is UTF-8; else its bytes read as Latin-1, as old Windows programs write.
[[nodiscard]] std::string as_utf8(std::string_view text);

}  // namespace joulemark
