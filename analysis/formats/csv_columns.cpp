// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_columns.h>
#include <analysis/model/names.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <set>

namespace joulemark {
namespace {

constexpr std::array k_measured{Quantity::current, Quantity::power, Quantity::energy};

std::string lower(std::string_view text) {
  std::string copy(text);
  std::ranges::transform(copy, copy.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return copy;
}

bool contains(std::string_view title, std::string_view word) {
  return lower(title).find(word) != std::string::npos;
}

// "Current" of "Current(uA)"; the title itself when it states no unit.
std::string_view without_unit(std::string_view title) {
  const auto bracket = title.find_last_of("([");
  if (bracket == std::string_view::npos || !unit_in_title(title)) return title;
  title = title.substr(0, bracket);
  return title.substr(0, title.find_last_not_of(' ') + 1);
}

std::string known_columns(const CsvLayout& layout) {
  if (layout.titles.empty()) return fmt::format("the file has {} columns and no header", layout.columns);
  std::string text = "the columns are";
  for (std::size_t i = 0; i < layout.titles.size(); ++i)
    text += fmt::format("{} {} '{}'", i == 0 ? "" : ",", i + 1, layout.titles[i]);
  return text;
}

// A title, a title without its unit, or a number from 1.
Result<std::size_t> find_column(const CsvLayout& layout, std::string_view option, std::string_view text) {
  const auto matches = [&](const auto& same) -> std::optional<std::size_t> {
    const auto found = std::ranges::find_if(layout.titles, same);
    if (found == layout.titles.end()) return std::nullopt;
    return static_cast<std::size_t>(found - layout.titles.begin());
  };
  if (const auto exact = matches([&](const std::string& title) { return title == text; })) return *exact;
  if (const auto bare = matches([&](const std::string& title) {
        return lower(title) == lower(text) || lower(without_unit(title)) == lower(text);
      })) {
    return *bare;
  }
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= layout.columns) {
    return number - 1;
  }
  return fail(ErrorCode::usage,
              fmt::format("option '{}': there is no column '{}'; {}", option, text, known_columns(layout)));
}

bool is_any_unit(std::string_view unit) {
  constexpr std::array<std::string_view, 5> k_units{"s", "A", "V", "W", "J"};
  return std::ranges::any_of(k_units, [&](std::string_view u) { return unit_factor(unit, u).has_value(); });
}

struct ColumnUnit {
  std::size_t column = 0;
  std::string unit;
};

// "2:mA", "Current:mA" or a column whose title states its unit. is_unit tells units of the quantity.
template <typename IsUnit>
Result<ColumnUnit> column_with_unit(const CsvLayout& layout, std::string_view option, std::string_view text,
                                    std::string_view example, IsUnit is_unit) {
  const auto colon = text.rfind(':');
  const std::string stated(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  JM_TRY_ASSIGN(const std::size_t column, find_column(layout, option, text.substr(0, colon)));
  const auto titled = layout.titles.empty() ? std::nullopt : unit_in_title(layout.titles[column]);
  if (stated.empty() && !titled) {
    return fail(
        ErrorCode::usage,
        fmt::format("option '{0}={1}' states no unit and neither does the column's title; write {0}={1}:{2}, "
                    "or whichever unit it is",
                    option, text, example));
  }
  const std::string& unit = stated.empty() ? *titled : stated;
  if (!is_unit(unit)) {
    return fail(ErrorCode::usage, fmt::format("option '{}={}': '{}' is not a unit of {} (like {})", option,
                                              text, unit, option, example));
  }
  if (!stated.empty() && titled && is_unit(*titled) && stated != *titled) {
    return fail(ErrorCode::usage, fmt::format("option '{}={}' says {}, but the column's title '{}' says {}",
                                              option, text, stated, layout.titles[column], *titled));
  }
  if (titled && !is_unit(*titled) && is_any_unit(*titled)) {
    return fail(ErrorCode::usage,
                fmt::format("option '{}={}': the column's title '{}' states {}, no unit of {}", option, text,
                            layout.titles[column], *titled, option));
  }
  return ColumnUnit{column, unit};
}

Result<CsvValueColumn> value_column(const CsvLayout& layout, Quantity quantity, std::string_view text) {
  const std::string_view unit = unit_of(quantity);
  JM_TRY_ASSIGN(const ColumnUnit found,
                column_with_unit(layout, name_of(quantity), text, fmt::format("m{}", unit),
                                 [&](const std::string& u) { return unit_factor(u, unit).has_value(); }));
  return CsvValueColumn{found.column, quantity, *unit_factor(found.unit, unit)};
}

// The titled columns of a quantity, fewest that can be meant: a "main" one before others, averages before
// extremes.
std::vector<std::size_t> candidates(const CsvLayout& layout, std::string_view unit) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < layout.titles.size(); ++i) {
    const auto titled = unit_in_title(layout.titles[i]);
    if (titled && unit_factor(*titled, unit)) found.push_back(i);
  }
  const auto narrow = [&](auto keep) {
    std::vector<std::size_t> kept;
    std::ranges::copy_if(found, std::back_inserter(kept),
                         [&](std::size_t i) { return keep(layout.titles[i]); });
    if (!kept.empty()) found = kept;
  };
  narrow([](const std::string& title) { return !contains(title, "max") && !contains(title, "min"); });
  narrow([](const std::string& title) { return contains(title, "main"); });
  return found;
}

Result<std::optional<CsvValueColumn>> guess(const CsvLayout& layout, Quantity quantity) {
  const std::vector<std::size_t> found = candidates(layout, unit_of(quantity));
  if (found.empty()) return std::optional<CsvValueColumn>();
  const std::string& first = layout.titles[found.front()];
  if (found.size() > 1) {
    return fail(ErrorCode::usage,
                fmt::format("several columns could be the {0}; say which, like --option \"{0}={1}\"; {2}",
                            name_of(quantity), first, known_columns(layout)));
  }
  return std::optional(
      CsvValueColumn{found.front(), quantity, *unit_factor(*unit_in_title(first), unit_of(quantity))});
}

class Planner {
 public:
  Planner(const CsvLayout& layout, const OptionValues& options) : layout_(layout), options_(options) {}

  Result<CsvPlan> plan() {
    JM_TRY(plan_time());
    JM_TRY(plan_values());
    JM_TRY(plan_lines());
    JM_TRY(plan_aperture());
    JM_TRY(check_distinct());
    return std::move(plan_);
  }

 private:
  Status plan_time() {
    JM_TRY_ASSIGN(plan_.rate_hz, options_.quantity("rate", "Hz"));
    const OptionValue* const time = options_.find("time");
    if (plan_.rate_hz) {
      if (time != nullptr) return fail(ErrorCode::usage, "options 'time' and 'rate' exclude each other");
      if (!(*plan_.rate_hz >= 1e-6 && *plan_.rate_hz <= 1e9)) {
        return fail(ErrorCode::usage, "option 'rate' lies between 1e-6 and 1e9 Hz");
      }
      return {};
    }
    const auto is_unit = [](const std::string& unit) { return time_exponent(unit).has_value(); };
    if (time != nullptr) {
      JM_TRY_ASSIGN(const ColumnUnit found, column_with_unit(layout_, "time", time->text, "ms", is_unit));
      plan_.time = CsvTimeColumn{found.column, *time_exponent(found.unit)};
      return {};
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < layout_.titles.size(); ++i) {
      if (is_unit(unit_in_title(layout_.titles[i]).value_or(""))) found.push_back(i);
    }
    if (found.size() == 1) {
      plan_.time = CsvTimeColumn{found[0], *time_exponent(*unit_in_title(layout_.titles[found[0]]))};
      return {};
    }
    return fail(
        ErrorCode::usage,
        fmt::format("{} time; add --option time=COLUMN:ms (or s, us, ns), or --option rate=10kHz; {}",
                    found.empty() ? "no column's title states a unit of" : "several columns could be the",
                    known_columns(layout_)));
  }

  Status plan_values() {
    bool asked = false;
    for (const Quantity quantity : k_measured) {
      const OptionValue* const option = options_.find(name_of(quantity));
      if (option == nullptr) continue;
      asked = true;
      JM_TRY_ASSIGN(const CsvValueColumn column, value_column(layout_, quantity, option->text));
      plan_.values.push_back(column);
    }
    if (!asked) JM_TRY(guess_values());
    return plan_voltage();
  }

  // Current before power: with a voltage it gives both. A column of joules may be per interval or a running
  // total, so it is never taken unasked, nor passed over.
  Status guess_values() {
    if (!candidates(layout_, "J").empty()) {
      return fail(
          ErrorCode::usage,
          fmt::format(
              "there is a column of joules, which may be per row or a running total; say what to use: "
              "--option energy=COLUMN (joules per row), or current=COLUMN or power=COLUMN; {}",
              known_columns(layout_)));
    }
    for (const Quantity quantity : {Quantity::current, Quantity::power}) {
      JM_TRY_ASSIGN(const std::optional<CsvValueColumn> column, guess(layout_, quantity));
      if (!column) continue;
      plan_.values.push_back(*column);
      return {};
    }
    return fail(
        ErrorCode::usage,
        fmt::format("no column's title states a unit of current or power; add --option current=COLUMN:mA (or "
                    "uA, A; or power=COLUMN:mW, or energy=COLUMN:uJ per row); {}",
                    known_columns(layout_)));
  }

  Status plan_voltage() {
    const OptionValue* const option = options_.find("voltage");
    if (option == nullptr) {
      if (plan_.values.front().quantity != Quantity::current) return {};
      JM_TRY_ASSIGN(const std::optional<CsvValueColumn> column, guess(layout_, Quantity::voltage));
      if (column) plan_.values.push_back(*column);
      return {};
    }
    if (const auto constant = parse_quantity(option->text, "V");
        constant && option->text.find(':') == std::string::npos) {
      plan_.voltage_v = *constant;
      return {};
    }
    JM_TRY_ASSIGN(const CsvValueColumn column, value_column(layout_, Quantity::voltage, option->text));
    plan_.values.push_back(column);
    return {};
  }

  static std::optional<std::uint32_t> line_number(std::string_view title) {
    if (title.size() < 2 || title.size() > 4 || (title[0] != 'D' && title[0] != 'd')) return std::nullopt;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(title.data() + 1, title.data() + title.size(), number);
    if (error != std::errc() || end != title.data() + title.size() || number > 255) return std::nullopt;
    return number;
  }

  void add_line(std::size_t column, std::uint32_t otherwise) {
    const std::string title = layout_.titles.empty() ? "" : layout_.titles[column];
    if (lower(title) == "d0-d7") {
      plan_.lines.push_back({column, LineId{0}, 8, ""});
    } else if (const auto number = line_number(title)) {
      plan_.lines.push_back({column, LineId{*number}, 1, ""});
    } else {
      plan_.lines.push_back({column, LineId{otherwise}, 1, title});
    }
  }

  // Asked for by name, or titled D0, D1 ... or D0-D7 as PPK2 exports them (both: the single columns are
  // used).
  Status plan_lines() {
    if (const OptionValue* const option = options_.find("lines")) {
      for (std::uint32_t i = 0; i < option->items.size(); ++i) {
        JM_TRY_ASSIGN(const std::size_t column, find_column(layout_, "lines", option->items[i]));
        add_line(column, i);
      }
    } else {
      for (std::size_t i = 0; i < layout_.titles.size(); ++i) {
        if (line_number(layout_.titles[i])) add_line(i, 0);
      }
      for (std::size_t i = 0; plan_.lines.empty() && i < layout_.titles.size(); ++i) {
        if (lower(layout_.titles[i]) == "d0-d7") add_line(i, 0);
      }
    }
    std::set<std::uint32_t> used;
    for (const CsvLineColumn& line : plan_.lines) {
      for (std::uint32_t i = 0; i < line.lines; ++i) {
        if (line.line.value + i > 255 || !used.insert(line.line.value + i).second) {
          return fail(ErrorCode::usage,
                      fmt::format("two columns would be line d{}; choose them with --option lines=...",
                                  line.line.value + i));
        }
      }
    }
    return {};
  }

  Status plan_aperture() {
    JM_TRY_ASSIGN(const std::optional<double> aperture_s, options_.quantity("aperture", "s"));
    if (aperture_s && !(*aperture_s >= 0)) return fail(ErrorCode::usage, "option 'aperture' is negative");
    if (aperture_s) plan_.aperture_s = {*aperture_s, Provenance::specified};
    const auto stamp = stamp_position_from_name(options_.text_or("stamp", "start"));
    if (!stamp) return fail(ErrorCode::usage, "option 'stamp' is start, middle or end");
    plan_.stamp = *stamp;
    return {};
  }

  Status check_distinct() const {
    std::set<std::size_t> used;
    if (plan_.time) used.insert(plan_.time->column);
    for (const CsvValueColumn& value : plan_.values) {
      if (!used.insert(value.column).second) {
        return fail(ErrorCode::usage,
                    fmt::format("column {} is used twice; {}", value.column + 1, known_columns(layout_)));
      }
    }
    return {};
  }

  const CsvLayout& layout_;
  const OptionValues& options_;
  CsvPlan plan_;
};

}  // namespace

const std::vector<OptionSpec>& csv_option_specs() {
  static const std::vector<OptionSpec> k_specs{
      {"time", OptionKind::scalar, "", "COLUMN:s|ms|us|ns", "from the header",
       "The time column and its unit"},
      {"rate", OptionKind::scalar, "Hz", "1uHz to 1GHz", "", "The sample rate, when there is no time column"},
      {"current", OptionKind::scalar, "", "COLUMN:A|mA|uA|nA", "from the header",
       "The current column and its unit"},
      {"voltage", OptionKind::scalar, "", "COLUMN:V|mV, or a constant like 3.3V", "from the header",
       "The voltage column and its unit, or the supply's constant voltage"},
      {"power", OptionKind::scalar, "", "COLUMN:W|mW|uW|nW", "from the header",
       "The power column and its unit"},
      {"energy", OptionKind::scalar, "", "COLUMN:J|mJ|uJ|nJ", "",
       "Energy per row (not a running total) and its unit"},
      {"lines", OptionKind::list, "", "COLUMN,COLUMN,...", "D0, D1, ... or D0-D7 of the header",
       "Columns of digital levels"},
      {"edges", OptionKind::scalar, "", "FILE.csv", "", "Edges from a second file with time, line and level"},
      {"aperture", OptionKind::scalar, "s", "0 or more", "", "What one sample averages over"},
      {"stamp", OptionKind::scalar, "", "start|middle|end", "start",
       "Where in its aperture a sample is stamped"},
  };
  return k_specs;
}

Result<CsvPlan> plan_csv(const CsvLayout& layout, const OptionValues& options) {
  return Planner(layout, options).plan();
}

std::optional<int> time_exponent(std::string_view unit) {
  if (unit == "s") return 9;
  if (unit == "ms") return 6;
  if (unit == "us" || unit == "\u00b5s" || unit == "\u03bcs") return 3;
  if (unit == "ns") return 0;
  return std::nullopt;
}

std::optional<std::string> unit_in_title(std::string_view title) {
  const auto open = title.find_last_of("([");
  if (open != std::string_view::npos && (title.ends_with(')') || title.ends_with(']'))) {
    const std::string_view inside = title.substr(open + 1, title.size() - open - 2);
    return inside.empty() ? std::nullopt : std::optional<std::string>(inside);
  }
  // "t_us", "current_ma": the unit in any case after a word for its quantity.
  const auto bar = title.rfind('_');
  if (bar == std::string_view::npos) return std::nullopt;
  struct Suffix {
    std::string_view words;
    char lower;
    char unit;
  };
  constexpr std::array<Suffix, 5> k_suffixes{{{" t time timestamp ", 's', 's'},
                                              {" i current main usb aux ", 'a', 'A'},
                                              {" v u voltage ", 'v', 'V'},
                                              {" p power ", 'w', 'W'},
                                              {" e energy ", 'j', 'J'}}};
  const std::string stem = lower(title.substr(0, bar));
  const std::string word = fmt::format(" {} ", stem.substr(stem.find_last_of("_ ") + 1));
  std::string unit(title.substr(bar + 1));
  for (const Suffix& suffix : k_suffixes) {
    if (suffix.words.find(word) == std::string_view::npos || unit.empty() || unit.size() > 2) continue;
    if (std::tolower(static_cast<unsigned char>(unit.back())) != suffix.lower) continue;
    if (unit.size() == 2 && std::string_view("pnum").find(unit.front()) == std::string_view::npos) continue;
    unit.back() = suffix.unit;
    return unit;
  }
  return std::nullopt;
}

}  // namespace joulemark
