// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// Reads text line by line in bounded memory. Ends of line: LF or CR LF; a UTF-8 byte order mark is skipped.
class LineReader {
 public:
  // name appears in errors. The stream outlives the reader.
  LineReader(std::istream& stream, std::string name);

  // Advances; false at the end. Errors: unreadable (a line beyond 1 MiB, UTF-16), io.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::int64_t number() const { return number_; }  // from 1
  [[nodiscard]] bool ended_with_newline() const { return newline_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string place() const { return name_ + ": line " + std::to_string(number_); }

 private:
  [[nodiscard]] bool refill();

  std::istream& stream_;
  std::string name_;
  std::vector<char> buffer_;
  std::size_t position_ = 0;
  std::size_t filled_ = 0;
  std::string line_;
  std::int64_t number_ = 0;
  bool newline_ = false;
};

}  // namespace joulemark
