// SPDX-License-Identifier: Apache-2.0
// Whose is each instant? Idle, the guard around an event, in doubt, or the innermost open event.
#pragma once

#include <analysis/model/time.h>
#include <analysis/timing/timeline.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace joulemark {

inline constexpr std::uint32_t k_idle_label = 0;
inline constexpr std::uint32_t k_guard_label = 1;
inline constexpr std::uint32_t k_doubt_label = 2;
inline constexpr std::uint32_t k_clipped_label = 3;
inline constexpr std::uint32_t k_first_event_label = 4;  // label of name i is k_first_event_label + i

// Kept around an event.
struct Guard {
  TimeNs before_ns = 0;
  TimeNs after_ns = 0;

  [[nodiscard]] TimeRange around(TimeRange event) const {
    return {event.begin_ns - before_ns, event.end_ns + after_ns};
  }
  bool operator==(const Guard&) const = default;
};

struct Segment {
  TimeRange time;
  std::uint32_t label = 0;
};

struct Partition {
  std::vector<std::string> labels;  // "idle", "guard", "doubt", "clipped", the names, then overlaps "a+b"
  std::vector<Segment> segments;    // adjoining, in time order, covering the span
  // By event: its name's label, or that of the overlap when events of other names have the same window.
  std::vector<std::uint32_t> event_labels;
};

// guards: per name, around each of its events. An instant inside several events belongs to those that
// contain no other of them: nested ones leave one, overlap that is not nesting leaves several ("a+b", in the
// order of the names), and so do equal windows, of which none is the inner one. Outside events a Doubt of the
// timeline is neither idle nor guard; it has guards as an event has. O(n log n), times the number of events
// open at once.
[[nodiscard]] Partition partition_time(const Timeline& timeline, std::span<const Guard> guards,
                                       TimeRange span);

// What is idle of these stretches (in order, apart) becomes clipped: the instrument did not see what was
// drawn. Linear.
void leave_out_clipped(std::span<const TimeRange> clipped, Partition& partition);

// For each event: true when no other event's guarded window overlaps its own, but for events that lie within
// it, and no Doubt touches it.
[[nodiscard]] std::vector<bool> find_isolated(const Timeline& timeline, std::span<const Guard> guards);

}  // namespace joulemark
