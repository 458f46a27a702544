// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/option.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::string known_names(std::span<const OptionSpec> specs) {
  if (specs.empty()) return "it takes no options";
  std::string names = "it takes";
  for (const OptionSpec& spec : specs)
    names += (&spec == specs.data() ? " " : ", ") + spec.name;
  return names;
}

Result<OptionValue> parse_one(const std::string& text, std::span<const OptionSpec> specs) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return fail(ErrorCode::usage, fmt::format("option '{}' is not of the form name=value", text));
  }
  OptionValue value{text.substr(0, equals), text.substr(equals + 1), {}, {}};
  const auto spec = std::ranges::find(specs, value.name, &OptionSpec::name);
  if (spec == specs.end()) {
    return fail(ErrorCode::usage,
                fmt::format("there is no option '{}' here; {}", value.name, known_names(specs)));
  }
  if (spec->kind == OptionKind::scalar) {
    value.items = {value.text};
    return value;
  }
  value.items = split(value.text);
  if (spec->kind == OptionKind::list) return value;
  for (std::size_t i = 1; i < value.items.size(); ++i) {
    const std::string& item = value.items[i];
    const auto at = item.find('=');
    if (at == std::string::npos) {
      return fail(ErrorCode::usage,
                  fmt::format("option '{}': '{}' is not of the form key=value", value.name, item));
    }
    value.params.emplace_back(item.substr(0, at), item.substr(at + 1));
  }
  value.items.resize(1);
  return value;
}

}  // namespace

Result<OptionValues> OptionValues::parse(std::span<const std::string> texts,
                                         std::span<const OptionSpec> specs) {
  OptionValues values;
  for (const std::string& text : texts) {
    JM_TRY_ASSIGN(OptionValue value, parse_one(text, specs));
    if (values.find(value.name) != nullptr) {
      return fail(ErrorCode::usage, fmt::format("option '{}' is given twice", value.name));
    }
    values.values_.push_back(std::move(value));
  }
  return values;
}

const OptionValue* OptionValues::find(std::string_view name) const {
  const auto found = std::ranges::find(values_, name, &OptionValue::name);
  return found == values_.end() ? nullptr : &*found;
}

std::string OptionValues::text_or(std::string_view name, std::string_view otherwise) const {
  const OptionValue* value = find(name);
  return value != nullptr ? value->text : std::string(otherwise);
}

Result<std::optional<double>> OptionValues::quantity(std::string_view name, std::string_view unit) const {
  const OptionValue* value = find(name);
  if (value == nullptr) return std::optional<double>();
  auto parsed = parse_quantity(value->text, unit);
  if (!parsed) return fail_at(fmt::format("option '{}'", name), parsed.error());
  return std::optional<double>(*parsed);
}

}  // namespace joulemark
