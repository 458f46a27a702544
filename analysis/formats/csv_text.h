// SPDX-License-Identifier: Apache-2.0
// CSV as text: rows, fields, numbers. Nothing here knows what a column means.
#pragma once

#include <analysis/formats/line_reader.h>
#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// What the first row tells of all others.
struct CsvLayout {
  char separator = ',';  // ; or tab when the first row has one, else a comma
  std::vector<std::string>
      titles;  // of the header, trimmed; empty when there is none (all fields are numbers)
  std::size_t columns = 0;
};

// Errors: unreadable (no row at all, quotes that do not close in the first row), io.
[[nodiscard]] Result<CsvLayout> read_csv_layout(std::istream& stream, const std::string& name);

// The rows below the header. Blank lines and lines that start with # are skipped. Fields may be quoted ("" is
// a quote) but not span lines.
class CsvRows {
 public:
  // Starts at the beginning of the (seekable) stream, which outlives this.
  CsvRows(std::istream& stream, const std::string& name, const CsvLayout& layout);

  // Advances; false at the end. Errors: see LineReader.
  [[nodiscard]] Result<bool> next();

  // Trimmed; empty when the row ends before that column.
  [[nodiscard]] std::string_view field(std::size_t column) const;
  // Quotes that do not close, or more fields than the first row has (the surplus not empty).
  [[nodiscard]] bool malformed() const { return malformed_; }
  // The last row of the file, without its end of line and some fields: cut off.
  [[nodiscard]] bool cut_off() const;
  [[nodiscard]] std::string place() const { return reader_.place(); }
  [[nodiscard]] char separator() const { return layout_.separator; }

 private:
  LineReader reader_;
  const CsvLayout& layout_;
  std::vector<std::string> fields_;
  std::size_t count_ = 0;
  bool malformed_ = false;
  bool header_pending_;
};

// A number as a field holds it; a decimal comma is understood where commas do not separate. NaN and infinity
// are numbers here. None when it is not a number.
[[nodiscard]] std::optional<double> csv_number(std::string_view text, char separator);

// A decimal number times 10^exponent nanoseconds, in integer arithmetic, so that 1700000000.123456789 s and
// long counts of ns keep every digit. Digits below 1 ns are rounded.
struct DecimalTime {
  TimeNs time_ns = 0;
  double resolution_ns = 1;  // weight of the last digit printed; may be far below 1
};
[[nodiscard]] std::optional<DecimalTime> csv_time(std::string_view text, char separator, int exponent);

}  // namespace joulemark
