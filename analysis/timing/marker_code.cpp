// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/event_name.h>
#include <analysis/model/units.h>
#include <analysis/timing/marker_code.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace joulemark {
namespace {

constexpr std::size_t k_most_lines = 8;
constexpr TimeNs k_longest_settle_ns = 1'000'000'000;

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

Result<LineId> line_named(std::string_view text, std::span<const Line> lines) {
  const auto number = text.starts_with('d') ? number_in(text.substr(1)) : std::nullopt;
  const auto found = std::ranges::find_if(lines, [&](const Line& line) { return line.id.value == number; });
  if (number && found != lines.end()) return found->id;
  std::string known;
  for (const Line& line : lines)
    known += fmt::format("{}d{}", known.empty() ? "" : ", ", line.id.value);
  return fail(ErrorCode::usage, fmt::format("there is no line '{}': the capture has {}", text,
                                            known.empty() ? "no digital lines" : known));
}

Status set_lines(std::string_view text, std::span<const Line> lines, MarkerCode& code) {
  const auto dash = text.find('-');
  JM_TRY_ASSIGN(const LineId first, line_named(text.substr(0, dash), lines));
  LineId last = first;
  if (dash != std::string_view::npos) {
    JM_TRY_ASSIGN(last, line_named(text.substr(dash + 1), lines));
  }
  if (last.value < first.value || last.value - first.value >= k_most_lines)
    return fail(ErrorCode::usage, "a code has 1 to 8 lines, the least significant bit first");
  for (std::uint32_t line = first.value; line <= last.value; ++line) {
    JM_TRY_ASSIGN(const LineId id, line_named(fmt::format("d{}", line), lines));
    code.lines.push_back(id);
  }
  return {};
}

Status set_option(std::string_view text, std::span<const Line> lines, MarkerCode& code) {
  const auto equals = std::min(text.find('='), text.size());
  const std::string_view key = text.substr(0, equals);
  const std::string_view value = text.substr(std::min(equals + 1, text.size()));
  if (key == "strobe") {
    JM_TRY_ASSIGN(code.strobe, line_named(value, lines));
    if (std::ranges::find(code.lines, *code.strobe) == code.lines.end()) return {};
    return fail(ErrorCode::usage, "the strobe is a line of its own");
  }
  if (key != "settle")
    return fail(ErrorCode::usage, fmt::format("'{}' is not an option of a code: strobe and settle are", key));
  JM_TRY_ASSIGN(code.settle_ns, parse_time(value));
  if (code.settle_ns >= 0 && code.settle_ns <= k_longest_settle_ns) return {};
  return fail(ErrorCode::usage, fmt::format("settle={}: it is 0s to 1s", value));
}

Result<MarkerCode> parse_parts(std::string_view text, std::span<const Line> lines) {
  constexpr std::string_view k_prefix = "code:";
  if (!text.starts_with(k_prefix))
    return fail(ErrorCode::usage, "write code:FIRST-LAST, like code:d0-d3,strobe=d4");
  text.remove_prefix(k_prefix.size());
  MarkerCode code;
  JM_TRY(set_lines(text.substr(0, text.find(',')), lines, code));
  for (auto comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
    text.remove_prefix(comma + 1);
    const std::string_view option = text.substr(0, text.find(','));
    JM_TRY(set_option(option, lines, code));
  }
  return code;
}

}  // namespace

Result<MarkerCode> parse_marker_code(std::string_view text, std::span<const Line> lines) {
  auto code = parse_parts(text, lines);
  if (!code) return fail_at(fmt::format("markers '{}'", text), code.error());
  return code;
}

std::string format_marker_code(const MarkerCode& code) {
  std::string text = fmt::format("code:d{}", code.lines.front().value);
  if (code.lines.size() > 1) text += fmt::format("-d{}", code.lines.back().value);
  if (code.strobe) text += fmt::format(",strobe=d{}", code.strobe->value);
  if (code.settle_ns != MarkerCode::k_usual_settle_ns) text += fmt::format(",settle={}ns", code.settle_ns);
  return text;
}

bool stands_behind(const EventRule& rule, const MarkerCode& code, std::span<const MarkerName> names) {
  return std::ranges::find(code.lines, rule.line) != code.lines.end() || code.strobe == rule.line ||
         std::ranges::find(names, rule.name, &MarkerName::name) != names.end();
}

Result<std::optional<MarkerCode>> recommended_code(std::span<const MetadataItem> metadata,
                                                   std::span<const Line> lines) {
  std::string text;
  for (const MetadataItem& item : metadata) {
    if (item.key == "markers") text = item.value;
  }
  if (text.empty()) return std::nullopt;
  auto code = parse_marker_code(text, lines);
  if (code) return std::optional(std::move(*code));
  return fail(ErrorCode::unreadable,
              fmt::format("metadata {}; give --markers instead", code.error().message));
}

Result<std::vector<MarkerName>> recommended_names(std::span<const MetadataItem> metadata) {
  constexpr std::string_view k_prefix = "marker.";
  std::map<std::uint32_t, std::string> names;
  for (const MetadataItem& item : metadata) {
    if (!item.key.starts_with(k_prefix)) continue;
    const auto number = number_in(std::string_view(item.key).substr(k_prefix.size()));
    if (!number || !check_event_name(item.value)) {
      return fail(
          ErrorCode::unreadable,
          fmt::format("metadata {} = '{}' is no name of a marker; give --elf instead", item.key, item.value));
    }
    names[*number] = item.value;
  }
  std::vector<MarkerName> list;
  list.reserve(names.size());
  for (auto& [number, name] : names)
    list.push_back({number, std::move(name), false});
  return list;
}

}  // namespace joulemark
