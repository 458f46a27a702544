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

std::string wrapped(std::string_view text) {
  constexpr std::size_t k_columns = 80;
  std::string out;
  std::string indent = "  ";
  while (!text.empty()) {
    const std::size_t room = k_columns - indent.size();
    std::size_t length = text.size();
    if (length > room) {
      const std::size_t blank = text.rfind(' ', room);
      length = blank == std::string_view::npos || blank == 0 ? room : blank;
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
