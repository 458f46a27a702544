// SPDX-License-Identifier: Apache-2.0
// Coded markers (jm_marker.h, docs/formats/markers.md): how people write them, and what the codes are called.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/ids.h>
#include <analysis/model/result.h>
#include <analysis/model/time.h>
#include <analysis/timing/event_rule.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// Several lines together show the number of the innermost open event.
struct MarkerCode {
  static constexpr TimeNs k_usual_settle_ns = 20'000;

  std::vector<LineId> lines;     // least significant bit first; 1 to 8
  std::optional<LineId> strobe;  // changes each time a code stands on the lines
  // Without a strobe a code counts once it is stable for so long; a strobe's pulse shorter than that is none.
  TimeNs settle_ns = k_usual_settle_ns;

  bool operator==(const MarkerCode&) const = default;
};

// What number a name stands for.
struct MarkerName {
  std::uint32_t number = 0;
  std::string name;
  bool instant = false;

  bool operator==(const MarkerName&) const = default;
};

// "code:d0-d3[,strobe=d4][,settle=20us]"; one line alone: "code:d2". Errors: usage, saying what would do.
[[nodiscard]] Result<MarkerCode> parse_marker_code(std::string_view text, std::span<const Line> lines);

// The same text back, without what is default.
[[nodiscard]] std::string format_marker_code(const MarkerCode& code);

// Whether a rule is out of place beside codes: its line shows them, or a code has its name.
[[nodiscard]] bool stands_behind(const EventRule& rule, const MarkerCode& code,
                                 std::span<const MarkerName> names);

// The code that a capture recommends: its metadata "markers"; none when there is none. Errors: unreadable.
[[nodiscard]] Result<std::optional<MarkerCode>> recommended_code(std::span<const MetadataItem> metadata,
                                                                 std::span<const Line> lines);

// The names that a capture holds: its metadata "marker.<number>", by number. Errors: unreadable.
[[nodiscard]] Result<std::vector<MarkerName>> recommended_names(std::span<const MetadataItem> metadata);

}  // namespace joulemark
