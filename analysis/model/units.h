// SPDX-License-Identifier: Apache-2.0
// Quantities as people write and read them. Inside everything is SI; prefixes exist only here.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace joulemark {

// "10ms" with unit "s" is 0.01; "3.3 V" with "V"; "3.3mA" with "A". Prefixes p n u (also the micro signs) m k
// M G. With unit "s" also min and h; with unit "" a plain number or "2%". A number without a unit is refused
// unless the unit is "". Errors: usage, with an example of what would do.
[[nodiscard]] Result<double> parse_quantity(std::string_view text, std::string_view unit);

// The same for a time, range checked to what TimeNs holds. Errors: usage.
[[nodiscard]] Result<TimeNs> parse_time(std::string_view text);

// Factor of a unit with prefix: "mA" with unit "A" is 1e-3; "us" with "s" 1e-6. None when it is not that
// unit.
[[nodiscard]] std::optional<double> unit_factor(std::string_view text, std::string_view unit);

// A whole decimal number in the C locale, nothing around it (blanks are trimmed). NaN and infinity are parsed
// as such. None when it is not a number.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

// 1, "sample" -> "1 sample"; 0 or 2 -> "2 samples". noun: one that takes an s.
[[nodiscard]] std::string format_count(std::int64_t count, std::string_view noun);

// 0.001482, "J", 4 -> "1.482 mJ". Always a prefix that leaves 1 to 999 before the point; 0 is "0 J". Three to
// digits significant digits.
[[nodiscard]] std::string format_si(double value, std::string_view unit, int digits = 4);

// A bound on a relative error: "within", 0.0025 -> "within 0.25 %"; "< 0.001 %" for what is next to nothing.
[[nodiscard]] std::string format_bound(std::string_view within, double fraction);

// Value and half-width share prefix and decimals, the half-width with two significant digits:
// 0.00148234, 0.0000043 -> "1.4823 +- 0.0043 mJ".
[[nodiscard]] std::string format_with_uncertainty(double value, double half_width, std::string_view unit);

}  // namespace joulemark
