// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/event_name.h>
#include <analysis/model/names.h>
#include <analysis/model/units.h>
#include <analysis/timing/event_rule.h>
#include <analysis/timing/marker_code.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>

namespace joulemark {
namespace {

constexpr NameTable<Pairing, 4> k_pairings{{{Pairing::level, "level"},
                                            {Pairing::falling, "falling"},
                                            {Pairing::rising, "rising"},
                                            {Pairing::toggle, "toggle"}}};

constexpr std::int64_t k_most = 1'000'000'000;
constexpr TimeNs k_furthest_ns = 1'000'000'000'000'000'000;  // 32 years

std::optional<std::int64_t> whole_number(std::string_view text, std::int64_t least) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value >= least && value <= k_most ? std::optional(value) : std::nullopt;
}

std::string list_of(std::span<const Line> lines) {
  if (lines.empty()) return "the capture has no digital lines";
  std::string list = "the capture has ";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    list += fmt::format("{}d{}", i == 0 ? "" : ", ", lines[i].id.value);
    if (!lines[i].name.empty()) list += fmt::format(" ({})", lines[i].name);
  }
  return list;
}

Result<LineId> find_line(std::string_view text, std::span<const Line> lines) {
  const std::int64_t number = text.starts_with('d') ? whole_number(text.substr(1), 0).value_or(-1) : -1;
  const auto by_id = [&](const Line& line) { return line.id.value == number; };
  const auto by_name = [&](const Line& line) { return !text.empty() && line.name == text; };
  auto found = std::find_if(lines.begin(), lines.end(), by_id);
  if (found == lines.end()) found = std::find_if(lines.begin(), lines.end(), by_name);
  if (found != lines.end()) return found->id;
  return fail(ErrorCode::usage, fmt::format("there is no line '{}': {}", text, list_of(lines)));
}

Status set_polarity(EventRule& rule, std::string_view value) {
  if (value != "low" && value != "high") {
    return fail(ErrorCode::usage, fmt::format("active={}: it is high or low", value));
  }
  rule.active_low = value == "low";
  return {};
}

Status set_pairing(EventRule& rule, std::string_view value) {
  const auto pairing = value_in(k_pairings, value);
  if (!pairing) {
    return fail(ErrorCode::usage, fmt::format("pair={}: it is level, falling, rising or toggle", value));
  }
  rule.pairing = *pairing;
  return {};
}

Status set_count(std::int64_t& count, std::string_view key, std::string_view value, std::int64_t least) {
  const auto number = whole_number(value, least);
  if (!number) {
    return fail(ErrorCode::usage,
                fmt::format("{}={}: it is a whole number from {} to {}", key, value, least, k_most));
  }
  count = *number;
  return {};
}

Status set_option(EventRule& rule, std::string_view key, std::string_view value) {
  if (key == "active") return set_polarity(rule, value);
  if (key == "pair") return set_pairing(rule, value);
  if (key == "skip") return set_count(rule.skip, key, value, 0);
  if (key == "repeat") return set_count(rule.repeat, key, value, 1);
  return fail(ErrorCode::usage,
              fmt::format("'{}' is not an option of an event: active, pair, skip and repeat are", key));
}

// Cuts text at the first separator; the second part is empty when there is none.
std::pair<std::string_view, std::string_view> cut(std::string_view text, std::string_view separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + separator.size())};
}

Result<EventRule> parse_parts(std::string_view name, std::string_view rest, std::span<const Line> lines) {
  EventRule rule;
  JM_TRY(check_event_name(name));
  rule.name = name;
  auto [line, options] = cut(rest, ",");
  JM_TRY_ASSIGN(rule.line, find_line(line, lines));
  bool polarity_given = false;
  while (!options.empty()) {
    const auto [option, others] = cut(options, ",");
    const auto [key, value] = cut(option, "=");
    JM_TRY(set_option(rule, key, value));
    polarity_given = polarity_given || key == "active";
    options = others;
  }
  if (polarity_given && rule.pairing != Pairing::level) {
    return fail(ErrorCode::usage, "active= goes with pair=level alone: the other pairings name their edges");
  }
  return rule;
}

}  // namespace

Result<EventRule> parse_event_rule(std::string_view text, std::span<const Line> lines) {
  const auto [name, rest] = cut(text, "=");
  if (rest.empty()) {
    return fail(ErrorCode::usage, fmt::format("event '{}': write NAME=LINE, like inference=d0", text));
  }
  auto rule = parse_parts(name, rest, lines);
  if (!rule) return fail_at(fmt::format("event '{}'", text), rule.error());
  return rule;
}

std::string format_event_rule(const EventRule& rule) {
  std::string text = fmt::format("{}=d{}", rule.name, rule.line.value);
  if (rule.active_low) text += ",active=low";
  if (rule.pairing != Pairing::level) text += fmt::format(",pair={}", name_in(k_pairings, rule.pairing));
  if (rule.skip != 0) text += fmt::format(",skip={}", rule.skip);
  if (rule.repeat != 1) text += fmt::format(",repeat={}", rule.repeat);
  return text;
}

Result<NamedWindow> parse_window(std::string_view text) {
  const std::string where = fmt::format("window '{}'", text);
  const auto [name, span] = cut(text, "=");
  const auto [begin, end] = cut(span, "..");
  if (begin.empty() || end.empty()) {
    return fail(ErrorCode::usage, where + ": write NAME=START..END, like burst=1.5s..1.52s");
  }
  if (const Status named = check_event_name(name); !named) return fail_at(where, named.error());
  const auto begin_ns = parse_time(begin);
  if (!begin_ns) return fail_at(where, begin_ns.error());
  const auto end_ns = parse_time(end);
  if (!end_ns) return fail_at(where, end_ns.error());
  if (std::max(std::abs(*begin_ns), std::abs(*end_ns)) > k_furthest_ns) {
    return fail(ErrorCode::usage, where + ": further away than any recording");
  }
  if (*end_ns <= *begin_ns) return fail(ErrorCode::usage, where + ": it ends before it begins");
  return NamedWindow{std::string(name), {*begin_ns, *end_ns}};
}

Result<std::vector<EventRule>> recommended_rules(std::span<const MetadataItem> metadata,
                                                 std::span<const Line> lines) {
  constexpr std::string_view k_prefix = "event.";
  std::map<std::string, std::string> texts;
  for (const MetadataItem& item : metadata) {
    if (item.key.starts_with(k_prefix)) texts[item.key.substr(k_prefix.size())] = item.value;
  }
  std::vector<EventRule> rules;
  for (const auto& [name, text] : texts) {
    auto rule = parse_parts(name, text, lines);
    if (!rule) {
      return fail(ErrorCode::unreadable, fmt::format("metadata event.{} = '{}': {}; give --event instead",
                                                     name, text, rule.error().message));
    }
    rules.push_back(std::move(*rule));
  }
  JM_TRY_ASSIGN(const auto code, recommended_code(metadata, lines));
  JM_TRY_ASSIGN(const auto names, recommended_names(metadata));
  std::erase_if(rules, [&](const EventRule& rule) { return code && stands_behind(rule, *code, names); });
  return rules;
}

}  // namespace joulemark
