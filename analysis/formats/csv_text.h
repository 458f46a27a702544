// SPDX-License-Identifier: Apache-2.0
// CSV as text: rows and fields. Nothing here knows what a column means.
#pragma once

#include <analysis/formats/line_reader.h>
#include <analysis/model/result.h>

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// What the first rows tell of all others.
struct CsvLayout {
  char separator = ',';  // ; or tab when the first two rows have it, a blank when nothing else parts numbers
  std::vector<std::string> titles;  // of the header, trimmed, UTF-8; empty when there is none
  std::size_t columns = 0;
  std::int64_t skipped_lines = 0;  // before the first row, as the caller asked
  int header_rows = 0;             // 1; 2 with a row of units below; 0 when the header is a comment, or none
};

// A row without a number is the header; failing that, a comment right above the first row with as many
// fields. A second row of nothing but units is part of the header. Errors: unreadable (no row at all, quotes
// that do not close in the first row), io.
[[nodiscard]] Result<CsvLayout> read_csv_layout(std::istream& stream, const std::string& name,
                                                std::int64_t skip_lines = 0);

// The rows below the header. Blank lines and lines that start with # are skipped. Fields may be quoted ("" is
// a quote) but not span lines.
class CsvRows {
 public:
  // Starts at the beginning of the (seekable) stream, which outlives this.
  CsvRows(std::istream& stream, const std::string& name, const CsvLayout& layout);

  // Advances; false at the end. Errors: see LineReader.
  [[nodiscard]] Result<bool> next();

  // Trimmed; empty when the row ends before that column.
  [[nodiscard]] std::string_view field(std::size_t column) const { return row_.field(column); }
  // The same of the row that follows; empty when none does, or it is malformed or cut off.
  [[nodiscard]] std::string_view field_ahead(std::size_t column) const;
  // Quotes that do not close, or more fields than the first row has (the surplus not empty).
  [[nodiscard]] bool malformed() const { return row_.malformed; }
  // The last row of the file, without its end of line and some fields: cut off.
  [[nodiscard]] bool cut_off() const { return cut_off(row_); }
  // Whether it has all of them, but no line break behind.
  [[nodiscard]] bool unended() const;
  [[nodiscard]] std::string place() const { return reader_.name() + ": line " + std::to_string(row_.line); }

 private:
  struct Row {
    std::vector<std::string> fields;
    std::size_t count = 0;
    std::int64_t line = 0;
    bool malformed = false;
    bool ended = true;  // by a line break

    [[nodiscard]] std::string_view field(std::size_t column) const;
  };

  [[nodiscard]] Status read_ahead();
  [[nodiscard]] bool cut_off(const Row& row) const;

  LineReader reader_;
  const CsvLayout& layout_;
  Row row_;
  Row ahead_;
  bool has_ahead_ = false;
  int header_rows_;
  bool skipped_ = false;
};

}  // namespace joulemark
