// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_text.h>
#include <analysis/model/units.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace joulemark {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blanks = " \t\r\n";
  const auto first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

bool is_row(std::string_view line) {
  const std::string_view text = trimmed(line);
  return !text.empty() && text.front() != '#';
}

// Splits into fields, reusing their storage. False when a quote does not close.
bool split(std::string_view line, char separator, std::vector<std::string>& fields, std::size_t& count) {
  count = 0;
  bool quoted = false;
  const auto open_field = [&] {
    if (count == fields.size()) fields.emplace_back();
    fields[count++].clear();
  };
  open_field();
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    std::string& field = fields[count - 1];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      field += line[++i];
    } else if (c == '"' && (quoted || trimmed(field).empty())) {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      open_field();
    } else {
      field += c;
    }
  }
  return !quoted;
}

char separator_of(std::string_view line) {
  bool quoted = false;
  bool tab = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ';') return ';';
    tab = tab || c == '\t';
  }
  return tab ? '\t' : ',';
}

// A copy with a decimal point where a decimal comma may stand.
std::string with_point(std::string_view text, char separator) {
  std::string copy(trimmed(text));
  const bool comma_free = separator != ',' && copy.find('.') == std::string::npos;
  if (comma_free && std::ranges::count(copy, ',') == 1) *std::ranges::find(copy, ',') = '.';
  return copy;
}

bool is_number(std::string_view text, char separator) {
  return csv_number(text, separator).has_value();
}

void rewind(std::istream& stream) {
  stream.clear();
  stream.seekg(0);
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

Result<CsvLayout> read_csv_layout(std::istream& stream, const std::string& name) {
  rewind(stream);
  LineReader reader(stream, name);
  for (;;) {
    JM_TRY_ASSIGN(const bool more, reader.next());
    if (!more) return fail(ErrorCode::unreadable, name + ": there is no row in the file");
    if (is_row(reader.line())) break;
  }
  CsvLayout layout;
  layout.separator = separator_of(reader.line());
  if (!split(reader.line(), layout.separator, layout.titles, layout.columns)) {
    return fail(ErrorCode::unreadable, reader.place() + ": a quote does not close");
  }
  for (std::string& title : layout.titles)
    title = std::string(trimmed(title));
  const auto is_data = [&](const std::string& text) {
    return text.empty() || is_number(text, layout.separator);
  };
  if (std::ranges::all_of(layout.titles, is_data)) layout.titles.clear();
  return layout;
}

CsvRows::CsvRows(std::istream& stream, const std::string& name, const CsvLayout& layout)
    : reader_((rewind(stream), stream), name), layout_(layout), header_pending_(!layout.titles.empty()) {}

Result<bool> CsvRows::next() {
  for (;;) {
    JM_TRY_ASSIGN(const bool more, reader_.next());
    if (!more) return false;
    if (!is_row(reader_.line())) continue;
    if (!std::exchange(header_pending_, false)) break;
  }
  malformed_ = !split(reader_.line(), layout_.separator, fields_, count_);
  for (std::size_t i = layout_.columns; i < count_; ++i)
    malformed_ = malformed_ || !trimmed(fields_[i]).empty();
  return true;
}

std::string_view CsvRows::field(std::size_t column) const {
  return column < count_ ? trimmed(fields_[column]) : std::string_view();
}

bool CsvRows::cut_off() const {
  return !reader_.ended_with_newline() && count_ < layout_.columns;
}

std::optional<double> csv_number(std::string_view text, char separator) {
  if (separator == ',' || text.find(',') == std::string_view::npos) return parse_number(text);
  return parse_number(with_point(text, separator));
}

std::optional<DecimalTime> csv_time(std::string_view text, char separator, int exponent) {
  const auto decimal = parse_decimal(with_point(text, separator));
  if (!decimal) return std::nullopt;
  const auto magnitude = scaled(decimal->mantissa, decimal->exponent + exponent);
  if (!magnitude) return std::nullopt;
  return DecimalTime{decimal->negative ? -*magnitude : *magnitude,
                     std::pow(10.0, decimal->exponent + exponent)};
}

}  // namespace joulemark
