// SPDX-License-Identifier: Apache-2.0
// What a person adds to a finished recording: names, rules, markers. Samples, edges and anomalies never
// change.
#pragma once

#include <analysis/model/marker.h>
#include <analysis/model/result.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace joulemark {

// What it does not name stays, whoever put it there meanwhile.
struct CaptureEdit {
  std::map<std::string, std::optional<std::string>> metadata{};  // key -> its new value, or none: removed
  std::vector<Marker> removed{};                                 // those that are not there are not missed
  std::vector<Marker> added{};  // all of MarkerSource::person; one that is there already is not doubled
  std::string capture{};        // the CaptureInfo::id of the capture that is meant; empty: whichever is there

  [[nodiscard]] bool changes_nothing() const { return metadata.empty() && removed.empty() && added.empty(); }
};

// In one transaction: all of it or nothing. Errors: usage for a marker of another source; unreadable
// (missing, damaged, another capture, or not closed: `joulemark verify --repair` closes it); busy while
// another program writes; io.
[[nodiscard]] Status edit_capture(const std::string& path, const CaptureEdit& edit);

}  // namespace joulemark
