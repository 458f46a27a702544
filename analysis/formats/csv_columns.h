// SPDX-License-Identifier: Apache-2.0
// What the columns of a CSV file mean, by the options and by the header. A unit is never guessed: it is
// stated by the option ("current=2:mA") or by the column's title (see csv_titles.h), or it is an error.
#pragma once

#include <analysis/formats/csv_numbers.h>
#include <analysis/formats/csv_text.h>
#include <analysis/model/channel.h>
#include <analysis/model/ids.h>
#include <analysis/model/option.h>
#include <analysis/model/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// A column and its unit; guessed: by its title, nobody asked for it.
struct CsvColumn {
  std::size_t column = 0;
  std::string unit;
  bool guessed = false;
};

struct CsvTimeColumn : CsvColumn {
  int exponent = 0;  // the unit as a power of ten of nanoseconds
};

struct CsvValueColumn : CsvColumn {
  Quantity quantity = Quantity::current;
  double scale = 1;       // the unit in SI
  bool reversed = false;  // the file's sign is turned ("current=2:-mA")
};

struct CsvLineColumn {
  std::size_t column = 0;
  LineId line;              // of the first character
  std::uint32_t lines = 1;  // 8: one character per line, d0 first (PPK2's "D0-D7")
  std::string name;
};

struct CsvPlan {
  std::optional<CsvTimeColumn> time;
  std::optional<double> rate_hz;  // instead of a time column
  std::vector<CsvValueColumn> values;
  std::optional<double> voltage_v;  // a constant
  std::vector<CsvLineColumn> lines;
  std::optional<double> threshold;  // numbers of this or more are a high level; in the columns' own unit
  CsvNumbers numbers;
  Characteristic aperture_s;
  StampPosition stamp = StampPosition::start;
};

[[nodiscard]] const std::vector<OptionSpec>& csv_option_specs();

// Lines before the first row, from the options. Errors: usage.
[[nodiscard]] Result<std::int64_t> lines_to_skip(const OptionValues& options);

// Errors: usage, saying which option to add or change.
[[nodiscard]] Result<CsvPlan> plan_csv(const CsvLayout& layout, const OptionValues& options);

}  // namespace joulemark
