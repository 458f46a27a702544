// SPDX-License-Identifier: Apache-2.0
// Texts out of files, made fit for terminals and JSON.
#pragma once

#include <analysis/model/time.h>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace joulemark::cli {

// Indented, a newline at the end; bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json);

// Control characters become '?', runs of blanks one blank, none at the ends.
[[nodiscard]] std::string printable(std::string_view text);

// At most that many bytes of a text, cut behind a comma or a blank where there is one in the latter half, and
// never inside a character or an escape.
[[nodiscard]] std::string_view beginning(std::string_view text, std::size_t most);

// One entry of a list: two blanks before, at most 80 columns, more lines indented by four. Broken at blanks,
// else behind commas.
[[nodiscard]] std::string wrapped(std::string_view text);

// "2026-03-01T12:00:00Z", with the fraction where there is one.
[[nodiscard]] std::string utc_text(std::int64_t utc_ns);

}  // namespace joulemark::cli
