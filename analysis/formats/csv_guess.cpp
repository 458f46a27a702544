// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_guess.h>
#include <analysis/formats/csv_titles.h>
#include <analysis/model/names.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace joulemark {
namespace {

// Titles in messages: short, and nothing that moves a terminal's cursor.
std::string shown(std::string_view title) {
  constexpr std::size_t k_longest = 40;
  std::string text(title.substr(0, k_longest));
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  while (title.size() > text.size() && !text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0)
    text.pop_back();  // part of a character
  return title.size() > k_longest ? text + "..." : text;
}

// The title of another phase or channel that differs in nothing but its last letter; null when there is none.
const std::string* other_phase(const CsvLayout& layout, const std::string& title) {
  const auto cut = title.find_last_of("_/ ,-");
  if (cut == std::string::npos || cut + 2 != title.size()) return nullptr;
  const std::string bare = lower(title);
  for (const std::string_view phases : {"abc", "uvw"}) {
    if (phases.find(bare.back()) == std::string_view::npos) continue;
    const auto found = std::ranges::find_if(layout.titles, [&](const std::string& other) {
      const std::string text = lower(other);
      return text != bare && text.size() == bare.size() && text.starts_with(bare.substr(0, cut + 1)) &&
             phases.find(text.back()) != std::string_view::npos;
    });
    if (found != layout.titles.end()) return &*found;
  }
  return nullptr;
}

std::vector<std::size_t> titled_in(const CsvLayout& layout, std::string_view symbol) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < layout.titles.size(); ++i) {
    const auto unit = unit_of_column(layout, i);
    if (unit && value_factor(*unit, symbol)) found.push_back(i);
  }
  return found;
}

std::vector<std::size_t> candidates(const CsvLayout& layout, std::string_view symbol, std::string_view rail) {
  std::vector<std::size_t> found = titled_in(layout, symbol);
  const auto narrow = [&](auto keep) {
    std::vector<std::size_t> kept;
    std::ranges::copy_if(found, std::back_inserter(kept),
                         [&](std::size_t i) { return keep(layout.titles[i]); });
    if (!kept.empty()) found = kept;
  };
  narrow([](const std::string& title) { return !has_word(title, "max") && !has_word(title, "min"); });
  narrow([](const std::string& title) { return !has_word(title, "shunt"); });
  narrow([&](const std::string& title) { return has_word(title, rail); });
  return found;
}

// Volts are also what a logic signal or another channel of an oscilloscope is recorded in.
bool names_a_supply(const std::string& title) {
  constexpr std::array k_words{"u",    "v",       "vdd",  "vcc",     "vin",    "vout", "vbat", "vbus",
                               "vsys", "vsupply", "vsup", "battery", "supply", "bus",  "main"};
  const std::string bare = lower(without_unit(title));
  return bare.find("volt") != std::string::npos ||
         std::ranges::any_of(k_words, [&](const char* word) { return has_word(bare, word); });
}

}  // namespace

std::string known_columns(const CsvLayout& layout) {
  if (layout.titles.empty()) return fmt::format("the file has {} columns and no header", layout.columns);
  constexpr std::size_t k_most = 30;
  std::string text = "the columns are";
  for (std::size_t i = 0; i < std::min(layout.titles.size(), k_most); ++i)
    text += fmt::format("{} {} '{}'", i == 0 ? "" : ",", i + 1, shown(layout.titles[i]));
  return layout.titles.size() > k_most ? text + fmt::format(" and {} more", layout.titles.size() - k_most)
                                       : text;
}

std::optional<std::string> unit_of_column(const CsvLayout& layout, std::size_t column) {
  if (layout.titles.empty() || other_phase(layout, layout.titles[column]) != nullptr) return std::nullopt;
  return unit_in_title(layout.titles[column]);
}

std::string words_for_phases(const CsvLayout& layout) {
  for (const std::string& title : layout.titles) {
    const std::string* const other = unit_in_title(title) ? other_phase(layout, title) : nullptr;
    if (other == nullptr) continue;
    return fmt::format("; the {} of '{}' beside '{}' is taken for a phase or channel, not for a unit",
                       title.back(), shown(title), shown(*other));
  }
  return {};
}

Result<std::size_t> find_column(const CsvLayout& layout, std::string_view option, std::string_view text) {
  const auto only = [&](const auto& same) -> Result<std::optional<std::size_t>> {
    const auto found = std::ranges::find_if(layout.titles, same);
    if (found == layout.titles.end()) return std::nullopt;
    if (std::find_if(found + 1, layout.titles.end(), same) != layout.titles.end()) {
      return fail(ErrorCode::usage,
                  fmt::format("option '{}': several columns are titled '{}'; use the number; {}", option,
                              text, known_columns(layout)));
    }
    return static_cast<std::size_t>(found - layout.titles.begin());
  };
  JM_TRY_ASSIGN(const auto exact, only([&](const std::string& title) { return title == text; }));
  if (exact) return *exact;
  const std::string wanted = lower(text);
  JM_TRY_ASSIGN(const auto bare, only([&](const std::string& title) {
                  return lower(title) == wanted || lower(without_unit(title)) == wanted;
                }));
  if (bare) return *bare;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= layout.columns) {
    return number - 1;
  }
  return fail(
      ErrorCode::usage,
      fmt::format("option '{}': there is no column '{}'; {}. Lines before the header, if that is not it, are "
                  "passed over by --option skip=N",
                  option, text, known_columns(layout)));
}

Result<std::optional<CsvValueColumn>> guess_value(const CsvLayout& layout, Quantity quantity,
                                                  std::string_view rail) {
  const std::string_view symbol = unit_of(quantity);
  std::vector<std::size_t> found = candidates(layout, symbol, rail);
  if (quantity == Quantity::voltage) {
    std::erase_if(found, [&](std::size_t i) { return !names_a_supply(layout.titles[i]); });
  }
  if (found.empty()) return std::nullopt;
  const std::string& first = layout.titles[found.front()];
  if (found.size() > 1) {
    return fail(ErrorCode::usage,
                fmt::format("several columns could be the {0}; say which, like --option \"{0}={1}\"; {2}",
                            name_of(quantity), first, known_columns(layout)));
  }
  CsvValueColumn column;
  column.column = found.front();
  column.unit = unit_of_column(layout, found.front()).value_or("");
  column.guessed = true;
  column.quantity = quantity;
  column.scale = value_factor(column.unit, symbol).value_or(1);
  return std::optional<CsvValueColumn>(std::move(column));
}

std::string_view rail_in_title(std::string_view title) {
  for (const std::string_view rail : {"main", "usb", "aux"}) {
    if (has_word(title, rail)) return rail;
  }
  return {};
}

bool has_column_of(const CsvLayout& layout, Quantity quantity) {
  return !titled_in(layout, unit_of(quantity)).empty();
}

Result<CsvTimeColumn> guess_time(const CsvLayout& layout) {
  std::vector<CsvTimeColumn> found;
  for (std::size_t i = 0; i < layout.titles.size(); ++i) {
    const auto unit = unit_of_column(layout, i);
    const auto exponent = unit ? time_exponent(*unit) : std::nullopt;
    if (exponent) found.push_back({{i, *unit, true}, *exponent});
  }
  if (found.size() == 1) return found.front();
  return fail(
      ErrorCode::usage,
      fmt::format("{} time; add --option time=COLUMN:ms (or s, us, ns), or --option rate=10kHz; {}",
                  found.empty() ? "no column's title states a unit of" : "several columns could be the",
                  known_columns(layout)));
}

}  // namespace joulemark
