// SPDX-License-Identifier: Apache-2.0
#include <app/cli/option_table.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark::cli {
namespace {

constexpr std::size_t k_columns = 80;

}  // namespace

std::string option_table(std::span<const OptionSpec> specs) {
  std::size_t width = 0;
  for (const OptionSpec& spec : specs)
    width = std::max(width, spec.name.size());
  std::string table;
  for (const OptionSpec& spec : specs) {
    const std::string line = fmt::format("  {:{}}  {}", spec.name, width, spec.help);
    std::string range = spec.range;
    if (!spec.default_value.empty())
      range += fmt::format("{}default {}", range.empty() ? "" : "; ", spec.default_value);
    const bool fits = line.size() + range.size() + 3 <= k_columns;
    table += fits ? fmt::format("{} [{}]\n", line, range)
                  : fmt::format("{}\n  {:{}}  [{}]\n", line, "", width, range);
  }
  return table;
}

}  // namespace joulemark::cli
