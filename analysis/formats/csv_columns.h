// SPDX-License-Identifier: Apache-2.0
// What the columns of a CSV file mean, by the options and by the header. A unit is never guessed: it is
// stated by the option ("current=2:mA") or by the column's title ("Current(uA)", "Time [s]", "t_us"), or it
// is an error.
#pragma once

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

struct CsvTimeColumn {
  std::size_t column = 0;
  int exponent = 0;  // the unit as a power of ten of nanoseconds
};

struct CsvValueColumn {
  std::size_t column = 0;
  Quantity quantity = Quantity::current;
  double scale = 1;  // the unit in SI
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
  Characteristic aperture_s;
  StampPosition stamp = StampPosition::start;
};

[[nodiscard]] const std::vector<OptionSpec>& csv_option_specs();

// Errors: usage, saying which option to add or change.
[[nodiscard]] Result<CsvPlan> plan_csv(const CsvLayout& layout, const OptionValues& options);

// The unit a title states: "mA" of "Main(mA)", "us" of "t_us"; none otherwise.
[[nodiscard]] std::optional<std::string> unit_in_title(std::string_view title);

// The unit's power of ten in ns: "ms" is 6. None when it is not s, ms, us or ns.
[[nodiscard]] std::optional<int> time_exponent(std::string_view unit);

}  // namespace joulemark
