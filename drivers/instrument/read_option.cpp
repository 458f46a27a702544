// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/instrument/read_option.h>

#include <fmt/format.h>

namespace joulemark {

Status read_optional(const OptionValues& options, std::string_view name, std::string_view unit, double low,
                     double high, std::optional<double>& into) {
  const OptionValue* option = options.find(name);
  if (option == nullptr) return {};
  const auto plain = parse_number(option->text);
  const auto value = plain ? Result<double>(*plain) : parse_quantity(option->text, unit);
  if (!value || !(*value >= low && *value <= high)) {
    return fail(ErrorCode::usage,
                fmt::format("option '{}' takes {} to {}, not '{}'", name, format_si(low, unit, 3),
                            format_si(high, unit, 3), option->text));
  }
  into = *value;
  return {};
}

Result<bool> choose(const OptionValues& options, std::string_view name, std::string_view no,
                    std::string_view yes) {
  const std::string text = options.text_or(name, no);
  if (text == yes || text == no) return text == yes;
  return fail(ErrorCode::usage, fmt::format("option '{}' is '{}' or '{}', not '{}'", name, no, yes, text));
}

}  // namespace joulemark
