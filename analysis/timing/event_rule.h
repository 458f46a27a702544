// SPDX-License-Identifier: Apache-2.0
// How a digital line marks events, as people write it.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/ids.h>
#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

enum class Pairing {
  level,    // begins on the edge to the active level, ends on the one back
  falling,  // falling edges pair up: the 1st begins, the 2nd ends, ...
  rising,   // the same with rising edges
  toggle,   // the same with every edge
};

struct EventRule {
  std::string name;  // unique among the rules of a report
  LineId line;
  bool active_low = false;  // Pairing::level only
  Pairing pairing = Pairing::level;
  std::int64_t skip = 0;    // the first so many edges that the rule would use, left out
  std::int64_t repeat = 1;  // inferences that one window stands for

  bool operator==(const EventRule&) const = default;
};

// A window that a person drew.
struct NamedWindow {
  std::string name;
  TimeRange time;

  bool operator==(const NamedWindow&) const = default;
};

// "NAME=LINE[,active=high|low][,pair=level|falling|rising|toggle][,skip=N][,repeat=N]". LINE is d0, d1, ...
// or the name the line was recorded under. Errors: usage, saying what would do.
[[nodiscard]] Result<EventRule> parse_event_rule(std::string_view text, std::span<const Line> lines);

// The same text back, without what is default; the line as d0, d1, ...
[[nodiscard]] std::string format_event_rule(const EventRule& rule);

// "NAME=START..END", times with their units. Errors: usage; also when END is not after START.
[[nodiscard]] Result<NamedWindow> parse_window(std::string_view text);

// The rules a capture recommends: its metadata "event.<name>", the last of each name; none that stand behind
// codes it recommends. Errors: unreadable, naming the key.
[[nodiscard]] Result<std::vector<EventRule>> recommended_rules(std::span<const MetadataItem> metadata,
                                                               std::span<const Line> lines);

}  // namespace joulemark
