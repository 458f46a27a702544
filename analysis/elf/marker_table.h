// SPDX-License-Identifier: Apache-2.0
// What jm_marker.h leaves in a firmware's ELF file: how it marks, and the names of its events
// (docs/formats/markers.md).
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/result.h>
#include <analysis/timing/marker_code.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

struct MarkerTable {
  bool coded = false;  // else event n drives line n - 1
  std::uint32_t lines = 1;
  bool strobe = false;            // one more line, after those of the code
  std::vector<MarkerName> names;  // by number

  bool operator==(const MarkerTable&) const = default;

  // In the grammar of --markers, with the target's first marker line on d0. Coded tables only.
  [[nodiscard]] std::string code_text() const;
  // In the grammar of --event, likewise. Of the others.
  [[nodiscard]] std::vector<std::string> event_rules() const;
  // What a capture keeps of it, so that it needs no ELF file any more.
  [[nodiscard]] std::vector<MetadataItem> metadata() const;
};

// The contents of the section. Errors: unreadable (nothing in it, two modes, two names for a number, numbers
// that the lines cannot show, names that cannot name an event).
[[nodiscard]] Result<MarkerTable> parse_marker_records(std::string_view section);

}  // namespace joulemark
