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

struct CaptureEdit {
  std::map<std::string, std::optional<std::string>> metadata;  // key -> its new value, or none: removed
  std::optional<std::vector<Marker>> person_markers;           // replace all markers of MarkerSource::person
};

// In one transaction: all of it or nothing. Errors: usage for a marker of another source; unreadable
// (missing, damaged, or not closed: `joulemark verify --repair` closes it); busy while another program
// writes; io.
[[nodiscard]] Status edit_capture(const std::string& path, const CaptureEdit& edit);

}  // namespace joulemark
