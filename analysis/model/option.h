// SPDX-License-Identifier: Apache-2.0
// Options as data: a driver or importer lists what it takes, and help texts, parsing and later the dashboard
// build themselves from the list.
#pragma once

#include <analysis/model/result.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joulemark {

enum class OptionKind {
  scalar,            // pace=max
  list,              // lines=d0,d1
  value_and_params,  // marker=usb-voltage,threshold=1.5
};

struct OptionSpec {
  std::string name;
  OptionKind kind = OptionKind::scalar;
  std::string unit;           // SI unit of a scalar quantity ("s", "V"), "" for words and plain numbers
  std::string range;          // in words or choices: "1 kHz to 2 MHz", "real|max"
  std::string default_value;  // as it would be written; "" = none
  std::string help;           // one sentence
};

struct OptionValue {
  std::string name;
  std::string text;                                         // everything after the first '='
  std::vector<std::string> items;                           // list: its parts; otherwise the value alone
  std::vector<std::pair<std::string, std::string>> params;  // value_and_params

  [[nodiscard]] const std::string& value() const { return items.front(); }
};

// The options given, each checked against its spec, each at most once.
class OptionValues {
 public:
  // texts are "name=value", split at the first '='. Errors: usage for an unknown name (with the list of known
  // ones), a doubled name, no '=' or an empty value.
  [[nodiscard]] static Result<OptionValues> parse(std::span<const std::string> texts,
                                                  std::span<const OptionSpec> specs);

  [[nodiscard]] const OptionValue* find(std::string_view name) const;  // null when not given
  [[nodiscard]] std::string text_or(std::string_view name, std::string_view otherwise) const;
  // A scalar quantity in SI. Errors: usage, naming the option.
  [[nodiscard]] Result<std::optional<double>> quantity(std::string_view name, std::string_view unit) const;
  [[nodiscard]] std::span<const OptionValue> all() const { return values_; }

 private:
  std::vector<OptionValue> values_;
};

}  // namespace joulemark
