// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_columns.h>
#include <analysis/formats/csv_guess.h>
#include <analysis/formats/csv_titles.h>
#include <analysis/model/names.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

namespace joulemark {
namespace {

constexpr std::array k_measured{Quantity::current, Quantity::power, Quantity::energy};

bool is_any_unit(std::string_view unit) {
  return plain_unit(unit).has_value();
}

// "2:mA", "Current:mA" or a column whose title states its unit. is_unit tells units of the quantity.
template <typename IsUnit>
Result<CsvColumn> column_with_unit(const CsvLayout& layout, std::string_view option, std::string_view text,
                                   std::string_view example, IsUnit is_unit) {
  const auto colon = text.rfind(':');
  const std::string stated(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  JM_TRY_ASSIGN(const std::size_t column, find_column(layout, option, text.substr(0, colon)));
  const auto titled = unit_of_column(layout, column);
  if (stated.empty() && !titled) {
    return fail(
        ErrorCode::usage,
        fmt::format("option '{0}={1}' states no unit and neither does the column's title; write {0}={1}:{2}, "
                    "or whichever unit it is{3}",
                    option, text, example, words_for_phases(layout)));
  }
  const std::string& unit = stated.empty() ? *titled : stated;
  if (!is_unit(unit)) {
    return fail(ErrorCode::usage, fmt::format("option '{}={}': '{}' is not a unit of {} (like {})", option,
                                              text, unit, option, example));
  }
  const std::string plain = *plain_unit(unit);
  if (titled && is_unit(*titled) && plain != *titled) {
    return fail(ErrorCode::usage, fmt::format("option '{}={}' says {}, but the column's title '{}' says {}",
                                              option, text, stated, layout.titles[column], *titled));
  }
  if (titled && !is_unit(*titled) && is_any_unit(*titled)) {
    return fail(ErrorCode::usage,
                fmt::format("option '{}={}': the column's title '{}' states {}, no unit of {}", option, text,
                            layout.titles[column], *titled, option));
  }
  return CsvColumn{column, plain, false};
}

// A minus before the unit turns the sign: "2:-mA".
Result<CsvValueColumn> value_column(const CsvLayout& layout, Quantity quantity, std::string text) {
  const std::string_view symbol = unit_of(quantity);
  const auto minus = text.rfind(":-");
  const bool reversed = minus != std::string::npos;
  if (reversed) text.erase(minus + 1, 1);
  JM_TRY_ASSIGN(
      const CsvColumn found,
      column_with_unit(layout, name_of(quantity), text, fmt::format("m{}", symbol),
                       [&](const std::string& unit) { return value_factor(unit, symbol).has_value(); }));
  return CsvValueColumn{found, quantity, *value_factor(found.unit, symbol), reversed};
}

class Planner {
 public:
  Planner(const CsvLayout& layout, const OptionValues& options) : layout_(layout), options_(options) {}

  Result<CsvPlan> plan() {
    JM_TRY(plan_time());
    JM_TRY(plan_values());
    JM_TRY(plan_lines());
    JM_TRY(plan_threshold());
    JM_TRY(plan_aperture());
    JM_TRY(plan_numbers());
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
    if (time == nullptr) {
      JM_TRY_ASSIGN(plan_.time, guess_time(layout_));
      return {};
    }
    JM_TRY_ASSIGN(const CsvColumn found,
                  column_with_unit(layout_, "time", time->text, "ms",
                                   [](const std::string& unit) { return time_exponent(unit).has_value(); }));
    plan_.time = CsvTimeColumn{found, *time_exponent(found.unit)};
    return {};
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
    if (has_column_of(layout_, Quantity::energy)) {
      return fail(
          ErrorCode::usage,
          fmt::format(
              "there is a column of joules, which may be per row or a running total; say what to use: "
              "--option energy=COLUMN (joules per row), or current=COLUMN or power=COLUMN; {}",
              known_columns(layout_)));
    }
    for (const Quantity quantity : {Quantity::current, Quantity::power}) {
      JM_TRY_ASSIGN(const std::optional<CsvValueColumn> column, guess_value(layout_, quantity));
      if (!column) continue;
      plan_.values.push_back(*column);
      return {};
    }
    return fail(
        ErrorCode::usage,
        fmt::format("no column's title states a unit of current or power; add --option current=COLUMN:mA (or "
                    "uA, A; or power=COLUMN:mW, or energy=COLUMN:uJ per row); {}{}",
                    known_columns(layout_), words_for_phases(layout_)));
  }

  Status plan_voltage() {
    const OptionValue* const option = options_.find("voltage");
    if (option == nullptr) {
      return plan_.values.front().quantity == Quantity::current ? guess_voltage() : Status();
    }
    if (const auto constant = parse_quantity(option->text, "V");
        constant && option->text.find(':') == std::string::npos) {
      if (!(*constant > 0)) return fail(ErrorCode::usage, "option 'voltage': a supply is above 0 V");
      plan_.voltage_v = *constant;
      return {};
    }
    auto column = value_column(layout_, Quantity::voltage, option->text);
    if (!column && parse_number(option->text)) {
      return fail(ErrorCode::usage, fmt::format("{}; a constant has its unit: voltage={}V",
                                                column.error().message, option->text));
    }
    JM_TRY_ASSIGN(CsvValueColumn found, std::move(column));
    plan_.values.push_back(std::move(found));
    return {};
  }

  // A voltage goes with a current only when their titles do not name two rails.
  Status guess_voltage() {
    const auto title_of = [&](std::size_t column) {
      return layout_.titles.empty() ? std::string() : layout_.titles[column];
    };
    const std::string_view rail = rail_in_title(title_of(plan_.values.front().column));
    JM_TRY_ASSIGN(const std::optional<CsvValueColumn> voltage,
                  guess_value(layout_, Quantity::voltage, rail.empty() ? "main" : rail));
    if (!voltage) return {};
    const std::string_view other = rail_in_title(title_of(voltage->column));
    if (!rail.empty() && !other.empty() && rail != other) {
      return fail(
          ErrorCode::usage,
          fmt::format("the voltage '{}' is of another rail than the current '{}'; say which voltage to "
                      "take with --option voltage=COLUMN, or voltage=3.3V",
                      title_of(voltage->column), title_of(plan_.values.front().column)));
    }
    plan_.values.push_back(*voltage);
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

  Status plan_threshold() {
    const OptionValue* const option = options_.find("threshold");
    if (option == nullptr) return {};
    plan_.threshold = parse_number(option->text);
    if (!plan_.threshold) {
      return fail(ErrorCode::usage, "option 'threshold' is a number in the columns' own unit, like 1.5");
    }
    return plan_.lines.empty()
               ? fail(ErrorCode::usage, "option 'threshold' needs columns: add --option lines=COLUMN")
               : Status();
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

  Status plan_numbers() {
    const std::string decimal = options_.text_or("decimal", "auto");
    using Decimal = CsvNumbers::Decimal;
    if (decimal != "auto" && decimal != "point" && decimal != "comma") {
      return fail(ErrorCode::usage, "option 'decimal' is point or comma");
    }
    plan_.numbers = {decimal == "auto"    ? Decimal::by_looks
                     : decimal == "point" ? Decimal::point
                                          : Decimal::comma,
                     layout_.separator};
    return {};
  }

  Status check_distinct() const {
    std::set<std::size_t> used;
    if (plan_.time) used.insert(plan_.time->column);
    std::vector<std::size_t> others;
    for (const CsvValueColumn& value : plan_.values)
      others.push_back(value.column);
    for (const CsvLineColumn& line : plan_.lines)
      others.push_back(line.column);
    for (const std::size_t column : others) {
      if (used.insert(column).second) continue;
      return fail(ErrorCode::usage,
                  fmt::format("column {} is used twice; {}", column + 1, known_columns(layout_)));
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
       "The current column and its unit; :-mA turns its sign"},
      {"voltage", OptionKind::scalar, "", "COLUMN:V|mV, or a constant like 3.3V", "from the header",
       "The voltage column and its unit, or the supply's constant voltage"},
      {"power", OptionKind::scalar, "", "COLUMN:W|mW|uW|nW", "from the header",
       "The power column and its unit"},
      {"energy", OptionKind::scalar, "", "COLUMN:J|mJ|uJ|nJ", "",
       "Energy per row (not a running total) and its unit"},
      {"lines", OptionKind::list, "", "COLUMN,COLUMN,...", "D0, D1, ... or D0-D7 of the header",
       "Columns of digital levels"},
      {"threshold", OptionKind::scalar, "", "a number, in the columns' own unit", "",
       "From here on a line whose column holds numbers, like volts, is high"},
      {"edges", OptionKind::scalar, "", "FILE.csv", "", "Edges from a second file with time, line and level"},
      {"aperture", OptionKind::scalar, "s", "0 or more", "", "What one sample averages over"},
      {"stamp", OptionKind::scalar, "", "start|middle|end", "start",
       "Where in its aperture a sample is stamped"},
      {"decimal", OptionKind::scalar, "", "point|comma", "from the looks of the numbers",
       "The decimal sign; the other one then parts thousands"},
      {"skip", OptionKind::scalar, "", "0 to 1000", "0", "Lines before the header"},
  };
  return k_specs;
}

Result<CsvPlan> plan_csv(const CsvLayout& layout, const OptionValues& options) {
  return Planner(layout, options).plan();
}

Result<std::int64_t> lines_to_skip(const OptionValues& options) {
  const auto lines = parse_number(options.text_or("skip", "0"));
  if (lines && *lines >= 0 && *lines <= 1000 && *lines == std::floor(*lines)) {
    return static_cast<std::int64_t>(*lines);
  }
  return fail(ErrorCode::usage, "option 'skip' is a number of lines from 0 to 1000");
}

}  // namespace joulemark
