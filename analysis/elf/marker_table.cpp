// SPDX-License-Identifier: Apache-2.0
#include <analysis/elf/marker_table.h>
#include <analysis/model/event_name.h>
#include <analysis/timing/event_rule.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace joulemark {
namespace {

constexpr std::uint32_t k_most_lines = 8;
constexpr std::size_t k_most_fields = 4;

// Words of a record; a blank ends each.
std::vector<std::string_view> fields_of(std::string_view record) {
  std::vector<std::string_view> fields;
  while (!record.empty() && fields.size() < k_most_fields) {
    const auto blank = record.find(' ');
    fields.push_back(record.substr(0, blank));
    record = blank == std::string_view::npos ? std::string_view() : record.substr(blank + 1);
  }
  return fields;
}

// Decimal, or hexadecimal after 0x; no leading zeros, which are octal in C.
std::optional<std::uint32_t> number_of(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  if (!hexadecimal && text.size() > 1 && text[0] == '0') return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, hexadecimal ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// For a message: printable and short.
std::string shown(std::string_view text) {
  std::string result(text.substr(0, 60));
  std::ranges::replace_if(
      result, [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

Error refused(std::string_view record, std::string_view why) {
  return {ErrorCode::unreadable, fmt::format("marker record '{}': {}", shown(record), why)};
}

struct Reading {
  MarkerTable table;
  bool mode_seen = false;

  Status take(std::string_view record) {
    const auto fields = fields_of(record);
    if (fields[0] == "@mode") return take_mode(record, fields);
    if (fields[0] == "@event" || fields[0] == "@instant") return take_name(record, fields);
    return {};
  }

  Status take_mode(std::string_view record, const std::vector<std::string_view>& fields) {
    const auto lines = fields.size() >= 3 ? number_of(fields[2]) : std::nullopt;
    if (!lines || *lines < 1 || *lines > k_most_lines || (fields[1] != "lines" && fields[1] != "code"))
      return tl::make_unexpected(refused(record, "not a mode that this version knows"));
    const bool coded = fields[1] == "code";
    const bool strobe = coded && fields.size() > 3 && fields[3] == "strobe";
    const bool same = coded == table.coded && *lines == table.lines && strobe == table.strobe;
    if (mode_seen && !same)
      return tl::make_unexpected(refused(record, "parts of the firmware were built with another mode"));
    mode_seen = true;
    table.coded = coded;
    table.lines = *lines;
    table.strobe = strobe;
    return {};
  }

  Status take_name(std::string_view record, const std::vector<std::string_view>& fields) {
    const auto number = fields.size() >= 3 ? number_of(fields[1]) : std::nullopt;
    if (!number) return tl::make_unexpected(refused(record, "its number is not written as one"));
    if (!check_event_name(fields[2]))
      return tl::make_unexpected(refused(
          record,
          "rename it: no C identifier that can be shown, or 'idle' or 'unattributed', which are shares"));
    MarkerName name{*number, std::string(fields[2]), fields[0] == "@instant"};
    for (const MarkerName& other : table.names) {
      if (other == name) return {};
      if (other.number == name.number || other.name == name.name)
        return tl::make_unexpected(
            refused(record, fmt::format("{} is '{}' already", other.number, other.name)));
    }
    table.names.push_back(std::move(name));
    return {};
  }
};

Status check_numbers(const MarkerTable& table) {
  const std::uint32_t most = table.coded ? (1U << table.lines) - 1 : table.lines;
  for (const MarkerName& name : table.names) {
    if (name.number >= 1 && name.number <= most) continue;
    return fail(
        ErrorCode::unreadable,
        fmt::format("marker '{}' has the number {}, but {} line{} {} 1 to {}", name.name, name.number,
                    table.lines, table.lines == 1 ? "" : "s", table.coded ? "show" : "have room for", most));
  }
  return {};
}

}  // namespace

std::string MarkerTable::code_text() const {
  std::string text = "code:d0";
  if (lines > 1) text += fmt::format("-d{}", lines - 1);
  if (strobe) text += fmt::format(",strobe=d{}", lines);
  return text;
}

std::vector<std::string> MarkerTable::event_rules() const {
  std::vector<std::string> rules;
  for (const MarkerName& name : names)
    rules.push_back(fmt::format("{}=d{}", name.name, name.number - 1));
  return rules;
}

std::vector<MetadataItem> MarkerTable::metadata() const {
  std::vector<MetadataItem> items;
  if (coded) items.push_back({"markers", code_text()});
  for (const MarkerName& name : names) {
    if (coded) items.push_back({fmt::format("marker.{}", name.number), name.name});
    if (!coded) items.push_back({"event." + name.name, fmt::format("d{}", name.number - 1)});
  }
  return items;
}

Result<MarkerTable> parse_marker_records(std::string_view section) {
  Reading reading;
  for (auto end = section.find('\0'); end != std::string_view::npos; end = section.find('\0')) {
    const std::string_view record = section.substr(0, end);
    section.remove_prefix(end + 1);
    if (record.starts_with('@')) JM_TRY(reading.take(record));
  }
  if (!reading.mode_seen || reading.table.names.empty())
    return fail(ErrorCode::unreadable, "it names no markers (JM_MARKER_EVENT of jm_marker.h)");
  JM_TRY(check_numbers(reading.table));
  std::ranges::sort(reading.table.names, {}, &MarkerName::number);
  return std::move(reading.table);
}

}  // namespace joulemark
