// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_provenance.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <set>
#include <string>

namespace joulemark {
namespace {

std::string place_of(const CsvLayout& layout, std::size_t column) {
  if (layout.titles.empty()) return fmt::format("column {}", column + 1);
  return fmt::format("column {} '{}'", column + 1, layout.titles[column]);
}

std::string origin_of(const CsvLayout& layout, const CsvColumn& column) {
  return fmt::format("{} in {}{}", place_of(layout, column.column), column.unit,
                     column.guessed ? ", by its title" : "");
}

std::string lines_of(const CsvLayout& layout, const CsvPlan& plan) {
  std::string text;
  for (const CsvLineColumn& line : plan.lines) {
    const std::uint32_t first = line.line.value;
    text += fmt::format("{}d{}{} from {}", text.empty() ? "" : ", ", first,
                        line.lines > 1 ? fmt::format("-d{}", first + line.lines - 1) : "",
                        place_of(layout, line.column));
  }
  return text;
}

std::string ignored_by(const CsvLayout& layout, const CsvPlan& plan) {
  std::set<std::size_t> used;
  if (plan.time) used.insert(plan.time->column);
  for (const CsvValueColumn& value : plan.values)
    used.insert(value.column);
  for (const CsvLineColumn& line : plan.lines)
    used.insert(line.column);
  std::string text;
  for (std::size_t column = 0; column < layout.columns; ++column) {
    const bool empty = !layout.titles.empty() && layout.titles[column].empty();
    if (!used.contains(column) && !empty) text += (text.empty() ? "" : ", ") + place_of(layout, column);
  }
  return text;
}

}  // namespace

std::vector<MetadataItem> csv_provenance(const CsvLayout& layout, const CsvPlan& plan,
                                         const CsvSurvey& survey) {
  std::vector<MetadataItem> items;
  if (plan.time) {
    items.push_back({"source.time", origin_of(layout, *plan.time)});
    items.push_back({"source.first_time_ns", std::to_string(survey.first_ns)});
  } else {
    items.push_back({"source.time", fmt::format("{} a row, as told", format_si(1 / *plan.rate_hz, "s", 6))});
  }
  for (const CsvValueColumn& value : plan.values) {
    items.push_back({fmt::format("source.{}", name_of(value.quantity)),
                     origin_of(layout, value) + (value.reversed ? ", its sign turned" : "")});
  }
  if (const std::string lines = lines_of(layout, plan); !lines.empty())
    items.push_back({"source.lines", lines});
  if (survey.decimal_commas) items.push_back({"source.decimal", "comma, by the looks of the numbers"});
  if (const std::string ignored = ignored_by(layout, plan); !ignored.empty())
    items.push_back({"source.ignored", ignored});
  return items;
}

}  // namespace joulemark
