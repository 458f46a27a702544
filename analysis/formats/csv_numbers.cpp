// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_numbers.h>
#include <analysis/model/units.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace joulemark {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blanks = " \t\r\n";
  const auto first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Without the signs that part thousands, each of which has three digits behind it. None where one stands
// elsewhere.
std::optional<std::string> without_thousands(std::string_view text, char thousands, char decimal) {
  const std::string_view whole = text.substr(0, text.find(decimal));
  std::string out;
  std::size_t digits = 0;
  bool parted = false;
  for (const char c : whole) {
    if (c == thousands) {
      if (digits == 0 || digits > 3 || (parted && digits != 3)) return std::nullopt;
      parted = true;
      digits = 0;
      continue;
    }
    if (is_digit(c)) ++digits;
    out += c;
  }
  if (parted && digits != 3) return std::nullopt;
  return out.append(text.substr(whole.size()));
}

// The number with a decimal point and no thousands parted.
std::optional<std::string> with_point(std::string_view text, const CsvNumbers& numbers) {
  text = trimmed(text);
  using Decimal = CsvNumbers::Decimal;
  if (numbers.decimal == Decimal::point) return without_thousands(text, ',', '.');
  std::optional<std::string> copy(text);
  if (numbers.decimal == Decimal::comma) copy = without_thousands(text, '.', ',');
  const bool comma_free = numbers.decimal == Decimal::comma ||
                          (numbers.separator != ',' && text.find('.') == std::string_view::npos);
  if (copy && comma_free && std::ranges::count(*copy, ',') == 1) *std::ranges::find(*copy, ',') = '.';
  return copy;
}

// A decimal number as mantissa x 10^exponent; digits beyond what int64 holds are dropped.
struct Decimal {
  bool negative = false;
  std::int64_t mantissa = 0;
  int exponent = 0;
};

constexpr std::int64_t k_mantissa_limit =
    (std::numeric_limits<std::int64_t>::max() - 9) / 10;  // room for a digit

std::optional<int> parse_exponent(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || std::abs(value) > 1000) return std::nullopt;
  return value;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal decimal;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  bool point = false;
  bool digits = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    digits = true;
    const bool keep = decimal.mantissa <= k_mantissa_limit;
    if (keep) decimal.mantissa = decimal.mantissa * 10 + (text[i] - '0');
    if (keep && point) --decimal.exponent;
    if (!keep && !point) ++decimal.exponent;
  }
  if (!digits) return std::nullopt;
  if (i == text.size()) return decimal;
  const auto exponent = parse_exponent(text.substr(i + 1));
  if (!exponent) return std::nullopt;
  decimal.exponent += *exponent;
  return decimal;
}

// mantissa x 10^exponent, rounded half away from 0; none beyond int64.
std::optional<std::int64_t> scaled(std::int64_t mantissa, int exponent) {
  if (mantissa == 0) return 0;
  for (; exponent > 0; --exponent) {
    if (mantissa > std::numeric_limits<std::int64_t>::max() / 10) return std::nullopt;
    mantissa *= 10;
  }
  for (; exponent < -1 && mantissa > 0; ++exponent)
    mantissa /= 10;
  return exponent == -1 ? (mantissa + 5) / 10 : mantissa;
}

}  // namespace

std::optional<double> csv_number(std::string_view text, const CsvNumbers& numbers) {
  const bool plain =
      numbers.decimal != CsvNumbers::Decimal::comma && text.find(',') == std::string_view::npos;
  if (plain) return parse_number(text);
  const auto pointed = with_point(text, numbers);
  return pointed ? parse_number(*pointed) : std::nullopt;
}

std::optional<DecimalTime> csv_time(std::string_view text, const CsvNumbers& numbers, int exponent) {
  const auto pointed = with_point(text, numbers);
  const auto decimal = pointed ? parse_decimal(*pointed) : std::nullopt;
  if (!decimal) return std::nullopt;
  const auto magnitude = scaled(decimal->mantissa, decimal->exponent + exponent);
  if (!magnitude) return std::nullopt;
  return DecimalTime{decimal->negative ? -*magnitude : *magnitude,
                     std::pow(10.0, decimal->exponent + exponent)};
}

void DecimalDoubt::look_at(std::string_view text, char separator) {
  const auto comma = text.find(',');
  const bool point = text.find('.') != std::string_view::npos;
  if (separator == ',' || comma == std::string_view::npos) {
    if (point) ++with_point_;
    return;
  }
  if (point || text.find(',', comma + 1) != std::string_view::npos) {
    // Neither looks like a number with a decimal sign alone; as one it parts thousands: "1.234,5",
    // "1,234,567".
    const bool number = text.find_first_not_of("+-0123456789.,") == std::string_view::npos;
    if (number) ++with_both_;
    return;
  }
  ++with_comma_;
  std::string_view whole = text.substr(0, comma);
  if (whole.starts_with('-') || whole.starts_with('+')) whole.remove_prefix(1);
  const std::string_view behind = text.substr(comma + 1);
  const bool thousands = behind.size() == 3 && std::ranges::all_of(behind, is_digit) && !whole.empty() &&
                         whole.size() <= 3 && std::ranges::all_of(whole, is_digit) && whole.front() != '0';
  if (thousands) ++like_thousands_;
}

bool DecimalDoubt::ambiguous() const {
  if (with_both_ > 0) return true;
  if (with_comma_ == 0) return false;
  return with_point_ > 0 || like_thousands_ == with_comma_;
}

}  // namespace joulemark
