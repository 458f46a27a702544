// SPDX-License-Identifier: GPL-3.0-or-later
// What a person says about a capture: which lines mean what, what is useful, and windows drawn by hand.
#pragma once

#include <analysis/capture/edit_capture.h>
#include <analysis/model/sample_source.h>
#include <analysis/timing/event_rule.h>
#include <analysis/timing/marker_code.h>
#include <analysis/timing/saved_windows.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark {

struct EventSetup {
  std::vector<EventRule> rules;       // by name, as a report orders them
  std::optional<std::string> useful;  // the name of a rule, window or code
  std::vector<NamedWindow> windows;
  std::vector<Marker> instants;
  std::optional<MarkerCode> code;  // as the capture recommends; nobody edits it here
  std::vector<MarkerName> codes;

  bool operator==(const EventSetup&) const = default;
};

// As it is kept in the capture. Errors: unreadable for a rule that makes no sense; the source's own.
[[nodiscard]] Result<EventSetup> read_setup(SampleSource& source);

// Names that make sense, each once over the rules; windows (sorted by begin) may share a name of their own
// where they do not overlap. Errors: usage, in words for a person.
[[nodiscard]] Status check_setup(const EventSetup& setup);

// What to write into a capture that holds `before` so that it holds `after`.
[[nodiscard]] CaptureEdit edit_between(const EventSetup& before, const EventSetup& after);

}  // namespace joulemark
