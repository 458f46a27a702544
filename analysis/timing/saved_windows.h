// SPDX-License-Identifier: Apache-2.0
// Windows that a person drew, as they are kept in a capture: a begin and an end Marker of one name.
#pragma once

#include <analysis/model/marker.h>
#include <analysis/timing/event_rule.h>

#include <span>
#include <vector>

namespace joulemark {

// By begin. Each begin of MarkerSource::person goes with the next end of its name; what has no partner is
// left out.
[[nodiscard]] std::vector<NamedWindow> saved_windows(std::span<const Marker> markers);

// The two markers of a window.
[[nodiscard]] std::vector<Marker> markers_of(const NamedWindow& window);

}  // namespace joulemark
