// SPDX-License-Identifier: Apache-2.0
// Numbers as CSV files write them.
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace joulemark {

// How numbers are written.
struct CsvNumbers {
  enum class Decimal {
    by_looks,  // a point; where commas do not separate columns a single comma too, without any point beside
               // it
    point,     // 1,234.5 is 1234.5
    comma,     // 1.234,5 is 1234.5
  };
  Decimal decimal = Decimal::by_looks;
  char separator = ',';
};

// A number as a field holds it. NaN and infinity are numbers here. None when it is not a number.
[[nodiscard]] std::optional<double> csv_number(std::string_view text, const CsvNumbers& numbers);

// Watches the numbers of one column that is read by its looks: are its commas and points decimal signs, or do
// they part thousands?
class DecimalDoubt {
 public:
  void look_at(std::string_view text, char separator);
  // Both signs occur, or one twice in a number; or every comma has three digits behind it, as one that parts
  // thousands has.
  [[nodiscard]] bool ambiguous() const;
  [[nodiscard]] bool commas() const { return with_comma_ > 0; }

 private:
  std::int64_t with_comma_ = 0;
  std::int64_t like_thousands_ = 0;  // of those: 1 to 3 digits, not 0, before the comma and 3 behind it
  std::int64_t with_point_ = 0;
  std::int64_t with_both_ = 0;  // or with several commas: thousands are parted
};

// A decimal number times 10^exponent nanoseconds, in integer arithmetic, so that 1700000000.123456789 s and
// long counts of ns keep every digit. Digits below 1 ns are rounded.
struct DecimalTime {
  TimeNs time_ns = 0;
  double resolution_ns = 1;  // weight of the last digit printed; may be far below 1
};
[[nodiscard]] std::optional<DecimalTime> csv_time(std::string_view text, const CsvNumbers& numbers,
                                                  int exponent);

}  // namespace joulemark
