// SPDX-License-Identifier: Apache-2.0
// Markers name instants; events name windows.
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <string>

namespace joulemark {

enum class MarkerKind { begin, end, instant };
enum class MarkerSource { line, person };

struct Marker {
  std::string name;
  MarkerKind kind = MarkerKind::instant;
  MarkerSource source = MarkerSource::person;
  TimeNs time_ns = 0;

  bool operator==(const Marker&) const = default;
};

// A named window [begin, end) on the target; stands for repeat inferences (see EventRule::repeat).
struct Event {
  TimeRange time;
  std::uint32_t name = 0;           // index into the list of event names that came with it
  std::uint32_t resolution_ns = 0;  // of its coarser edge

  bool operator==(const Event&) const = default;
};

}  // namespace joulemark
