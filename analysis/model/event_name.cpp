// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/event_name.h>
#include <analysis/model/visible_text.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr std::size_t k_longest = 100;

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("_-./:").find(c) != std::string_view::npos;
}

}  // namespace

Status check_event_name(std::string_view name) {
  if (name.empty() || name.size() > k_longest || !std::ranges::all_of(name, is_plain) ||
      !is_visible_text(name)) {
    return fail(ErrorCode::usage,
                fmt::format("'{}' cannot name an event: use letters, digits, and any of _ - . / :", name));
  }
  if (name == "idle" || name == "unattributed") {
    return fail(ErrorCode::usage,
                fmt::format("'{}' cannot name an event: the report uses it for a share", name));
  }
  return {};
}

}  // namespace joulemark
