// SPDX-License-Identifier: Apache-2.0
#include <app/cli/json_text.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace joulemark::cli {

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += control ? '?' : c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

namespace {

// The last place at or before most where no character and no escape is cut in two; at least most less 8.
std::size_t whole_characters(std::string_view text, std::size_t most) {
  constexpr int k_continued = 3;  // bytes of a character at most
  for (int i = 0; i < k_continued && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80; ++i)
    --most;
  const std::size_t slash = text.rfind('\\', most - 1);
  if (slash == std::string_view::npos) return most;
  const std::size_t before = text.find_last_not_of('\\', slash);
  const std::size_t run = before == std::string_view::npos ? slash + 1 : slash - before;
  constexpr std::size_t k_code_point = 6;  // as in \u20ac
  const std::size_t length = text[slash + 1] == 'u' ? k_code_point : 2;
  const bool cut = run % 2 == 1 && slash + length > most;
  return cut ? slash : most;
}

}  // namespace

std::string_view beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  const std::size_t stop = text.find_last_of(", ", most - 1);
  const bool late = stop != std::string_view::npos && 2 * stop >= most;
  return text.substr(0, late ? stop + 1 : whole_characters(text, most));
}

std::string wrapped(std::string_view text) {
  constexpr std::size_t k_columns = 80;
  std::string out;
  std::string indent = "  ";
  while (!text.empty()) {
    const std::size_t room = k_columns - indent.size();
    std::size_t length = text.size();
    if (length > room) {
      const std::size_t blank = text.rfind(' ', room);
      length = blank == std::string_view::npos || blank == 0 ? beginning(text, room).size() : blank;
    }
    out += fmt::format("{}{}\n", indent, text.substr(0, length));
    text.remove_prefix(length);
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    indent = "    ";
  }
  return out;
}

std::string utc_text(std::int64_t utc_ns) {
  constexpr std::int64_t k_second = 1'000'000'000;
  const std::int64_t fraction = ((utc_ns % k_second) + k_second) % k_second;
  const std::time_t seconds = static_cast<std::time_t>((utc_ns - fraction) / k_second);
  const std::string whole = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(seconds));
  return fraction == 0 ? whole + "Z" : fmt::format("{}.{:09}Z", whole, fraction);
}

}  // namespace joulemark::cli
