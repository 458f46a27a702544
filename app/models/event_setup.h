// SPDX-License-Identifier: GPL-3.0-or-later
// What a person says about a capture: which lines mean what, what is useful, and windows drawn by hand.
#pragma once

#include <analysis/capture/edit_capture.h>
#include <analysis/energy/build_report.h>
#include <analysis/model/report.h>
#include <analysis/model/sample_source.h>
#include <analysis/timing/event_rule.h>
#include <analysis/timing/marker_code.h>
#include <analysis/timing/saved_windows.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

struct EventSetup {
  std::vector<EventRule> rules;       // by name, as a report orders them
  std::optional<std::string> useful;  // the name of a rule, window or code
  std::vector<NamedWindow> windows;
  std::vector<Marker> instants;
  std::optional<MarkerCode> code;  // lines that together show numbers
  std::vector<MarkerName> codes;   // what those are called, by number; kept without a code, too
  std::vector<EventRule> behind;   // rules that stand behind the code: unheard, until it is taken away

  bool operator==(const EventSetup&) const = default;
};

// As metadata recommends, without windows and instants. Errors: unreadable for a rule that makes no sense.
[[nodiscard]] Result<EventSetup> recommended_setup(std::span<const MetadataItem> metadata,
                                                   std::span<const Line> lines);

// As it is kept in the capture. Errors: as above; the source's own.
[[nodiscard]] Result<EventSetup> read_setup(SampleSource& source);

// Coded lines in the grammar of --markers (empty: none), and what a firmware's ELF file says (empty: none is
// given), as `record` would keep them; the file's own code counts where the text is empty. Names that the
// file does not have are dropped. Errors: usage (lines that are not recorded, --markers beside firmware
// without codes); unreadable (the file).
[[nodiscard]] Status take_markers(EventSetup& setup, std::string_view code, const std::string& elf_file,
                                  std::span<const Line> lines);

// Rules that stand behind the code move there; those that no longer do come back, unless their name is taken.
void hide_rules_behind_code(EventSetup& setup);

// Codes that were shown and have no name, by number; reported as code1, code2 ...
[[nodiscard]] std::vector<std::uint32_t> unnamed_codes(const EventSetup& setup, const Report& report);
[[nodiscard]] std::string name_of_code(const EventSetup& setup, std::uint32_t number);

// Names that make sense, each once over rules and codes; no rule on a line that shows codes; windows (sorted
// by begin) may share a name of their own where they do not overlap. Errors: usage, in words for a person.
[[nodiscard]] Status check_setup(const EventSetup& setup);

// How a report of a capture reads its events by it, whatever the file says.
[[nodiscard]] ReportOptions report_options_for(const EventSetup& setup);

// Rules, codes and what is useful, as a capture keeps them.
[[nodiscard]] std::vector<MetadataItem> metadata_of(const EventSetup& setup);
// Whether an item of metadata is one of those.
[[nodiscard]] bool is_setup_key(std::string_view key);

// What to write into a capture that holds `before` so that it holds `after`: the difference alone, so that
// what others wrote meanwhile stays.
[[nodiscard]] CaptureEdit edit_between(const EventSetup& before, const EventSetup& after);

}  // namespace joulemark
