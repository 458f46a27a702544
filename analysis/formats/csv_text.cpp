// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_numbers.h>
#include <analysis/formats/csv_text.h>
#include <analysis/formats/csv_titles.h>

#include <algorithm>
#include <utility>

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

// At blanks, however many.
void split_at_blanks(std::string_view line, std::vector<std::string>& fields, std::size_t& count) {
  count = 0;
  for (std::string_view rest = trimmed(line); !rest.empty(); rest = trimmed(rest)) {
    const std::string_view field = rest.substr(0, rest.find_first_of(" \t"));
    if (count == fields.size()) fields.emplace_back();
    fields[count++] = field;
    rest.remove_prefix(field.size());
  }
}

// Splits into fields, reusing their storage. False when a quote does not close.
bool split(std::string_view line, char separator, std::vector<std::string>& fields, std::size_t& count) {
  if (separator == ' ') {
    split_at_blanks(line, fields, count);
    return true;
  }
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

bool has_unquoted(std::string_view line, char wanted) {
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == wanted && !quoted) return true;
  }
  return false;
}

std::vector<std::string> fields_of(std::string_view line, char separator) {
  std::vector<std::string> fields;
  std::size_t count = 0;
  (void)split(line, separator, fields, count);
  fields.resize(count);
  for (std::string& field : fields)
    field = as_utf8(trimmed(field));
  return fields;
}

bool is_number(const std::string& text) {
  return csv_number(text, {CsvNumbers::Decimal::by_looks, ';'}).has_value();
}

// Whether blanks alone part this row into numbers.
bool blanks_part(std::string_view line) {
  const std::vector<std::string> fields = fields_of(line, ' ');
  return fields.size() > 1 && std::ranges::all_of(fields, is_number);
}

char separator_of(std::string_view first, std::string_view second) {
  for (const char separator : {';', '\t', ','}) {
    if (has_unquoted(first, separator) && (second.empty() || has_unquoted(second, separator)))
      return separator;
  }
  return blanks_part(second.empty() ? first : second) ? ' ' : ',';
}

// Whether the fields can be titles: no number among them, and not nothing.
bool are_titles(const std::vector<std::string>& fields) {
  const auto is_empty = [](const std::string& field) { return field.empty(); };
  return std::ranges::none_of(fields, is_number) && !std::ranges::all_of(fields, is_empty);
}

// "(ms),(mA)" below "Time,Channel A".
bool are_units(const std::vector<std::string>& fields) {
  return std::ranges::all_of(fields, [](std::string_view field) {
    const bool bracketed = field.size() > 2 && (field.front() == '(' || field.front() == '[');
    return plain_unit(bracketed ? field.substr(1, field.size() - 2) : field).has_value();
  });
}

// Up to the next row; the last comment on the way is kept when there is a place for it.
Result<bool> read_row(LineReader& reader, std::string& row, std::string* comment = nullptr) {
  for (;;) {
    JM_TRY_ASSIGN(const bool more, reader.next());
    if (!more) return false;
    if (is_row(reader.line())) break;
    if (comment != nullptr && !trimmed(reader.line()).empty()) *comment = trimmed(reader.line());
  }
  row = reader.line();
  return true;
}

Status skip(LineReader& reader, std::int64_t lines) {
  for (; lines > 0; --lines) {
    JM_TRY_ASSIGN(const bool more, reader.next());
    if (!more) break;
  }
  return {};
}

void rewind(std::istream& stream) {
  stream.clear();
  stream.seekg(0);
}

// Titles from the first row, the row of units below it, or the comment above.
void find_titles(CsvLayout& layout, std::string_view comment, std::string_view first,
                 std::string_view second) {
  std::vector<std::string> fields = fields_of(first, layout.separator);
  if (are_titles(fields)) {
    layout.header_rows = 1;
    const std::vector<std::string> units = fields_of(second, layout.separator);
    if (units.size() == fields.size() && are_units(units)) {
      layout.header_rows = 2;
      for (std::size_t i = 0; i < units.size(); ++i) {
        const bool bracketed = units[i].front() == '(' || units[i].front() == '[';
        fields[i] += bracketed ? " " + units[i] : " (" + units[i] + ")";
      }
    }
    layout.titles = std::move(fields);
    return;
  }
  comment.remove_prefix(std::min(comment.find_first_not_of("# \t"), comment.size()));
  std::vector<std::string> commented = fields_of(comment, layout.separator);
  if (commented.size() == layout.columns && are_titles(commented)) layout.titles = std::move(commented);
}

}  // namespace

Result<CsvLayout> read_csv_layout(std::istream& stream, const std::string& name, std::int64_t skip_lines) {
  rewind(stream);
  LineReader reader(stream, name);
  JM_TRY(skip(reader, skip_lines));
  std::string comment;
  std::string first;
  std::string second;
  JM_TRY_ASSIGN(const bool any, read_row(reader, first, &comment));
  if (!any) return fail(ErrorCode::unreadable, name + ": there is no row in the file");
  const std::string place = reader.place();
  JM_TRY(read_row(reader, second));
  CsvLayout layout;
  layout.skipped_lines = skip_lines;
  layout.separator = separator_of(first, second);
  std::vector<std::string> fields;
  if (!split(first, layout.separator, fields, layout.columns)) {
    return fail(ErrorCode::unreadable, place + ": a quote does not close");
  }
  find_titles(layout, comment, first, second);
  return layout;
}

CsvRows::CsvRows(std::istream& stream, const std::string& name, const CsvLayout& layout)
    : reader_((rewind(stream), stream), name), layout_(layout), header_rows_(layout.header_rows) {}

Result<bool> CsvRows::next() {
  if (!std::exchange(skipped_, true)) {
    JM_TRY(skip(reader_, layout_.skipped_lines));
    JM_TRY(read_ahead());
  }
  if (!has_ahead_) return false;
  std::swap(row_, ahead_);
  JM_TRY(read_ahead());
  return true;
}

Status CsvRows::read_ahead() {
  for (;;) {
    JM_TRY_ASSIGN(has_ahead_, reader_.next());
    if (!has_ahead_) return {};
    if (!is_row(reader_.line())) continue;
    if (header_rows_ == 0) break;
    --header_rows_;
  }
  Row& row = ahead_;
  row.line = reader_.number();
  row.ended = reader_.ended_with_newline();
  row.malformed = !split(reader_.line(), layout_.separator, row.fields, row.count);
  for (std::size_t i = layout_.columns; i < row.count; ++i)
    row.malformed = row.malformed || !trimmed(row.fields[i]).empty();
  return {};
}

std::string_view CsvRows::Row::field(std::size_t column) const {
  return column < count ? trimmed(fields[column]) : std::string_view();
}

std::string_view CsvRows::field_ahead(std::size_t column) const {
  const bool whole = has_ahead_ && !ahead_.malformed && !cut_off(ahead_);
  return whole ? ahead_.field(column) : std::string_view();
}

bool CsvRows::cut_off(const Row& row) const {
  return !row.ended && row.count < layout_.columns;
}

bool CsvRows::unended() const {
  return !row_.ended && row_.count >= layout_.columns;
}

}  // namespace joulemark
