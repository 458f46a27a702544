// SPDX-License-Identifier: GPL-3.0-or-later
// Digital lines as a person sees them, at any zoom.
#pragma once

#include <analysis/model/sample_source.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace joulemark {

// One pixel column of as many as k_most_lanes lanes; bit n is line first + n of CaptureInfo::lines. Neither
// bit: the level is not known there.
struct LaneColumn {
  std::uint32_t high = 0;  // was high at some time in the column
  std::uint32_t low = 0;
};

inline constexpr std::size_t k_most_lanes = 32;

// Which position each LineId has among the lanes from that line on; -1: none.
[[nodiscard]] std::array<std::int16_t, 256> lanes_of(const CaptureInfo& info, std::size_t first);

// Streams all edges once and keeps them in runs: of some hundred edges, or fewer where a pause follows; at
// most about a million (40 MB). A run that is narrower than a column is told from what was seen in it, a
// wider one from its edges, so that a view costs O(columns) of any capture at any zoom.
class LaneIndex {
 public:
  LaneIndex() = default;  // knows of no line
  // Of the k_most_lanes lines from that one on. Errors: the source's.
  [[nodiscard]] static Result<LaneIndex> build(SampleSource& source, TimeRange extent, std::size_t first = 0);

  // source: the one it was built from, or another reader of the same capture.
  [[nodiscard]] Result<std::vector<LaneColumn>> columns(SampleSource& source, TimeRange range,
                                                        std::size_t count) const;
  [[nodiscard]] std::int64_t edges() const { return edges_; }

 private:
  struct Run {
    TimeNs begin_ns = 0;  // of its first edge
    TimeNs last_ns = 0;   // its last edge
    LaneColumn seen;
    std::uint32_t before = 0;  // what was high before its first edge
    std::uint32_t edges = 0;
  };
  struct Builder;
  class Picture;

  // From one on: the first to end at or after the time, and to begin then.
  [[nodiscard]] std::size_t run_after(std::size_t from, TimeNs time_ns) const;
  [[nodiscard]] std::size_t run_from(std::size_t from, TimeNs time_ns) const;
  [[nodiscard]] LaneColumn level(std::uint32_t high) const { return {high & known_, ~high & known_}; }
  [[nodiscard]] std::uint32_t high_before(std::size_t run) const;  // the next one after all: at the end
  void merge_seen(LaneColumn& column, std::size_t first, std::size_t last) const;

  TimeRange extent_;
  std::array<std::int16_t, 256> lane_{};
  std::vector<Run> runs_;           // by time, none overlapping
  std::vector<LaneColumn> groups_;  // what was seen in so many runs
  std::uint32_t known_ = 0;         // lines with edges, or with a level that metadata states
  std::uint32_t high_at_end_ = 0;
  std::int64_t edges_ = 0;
};

}  // namespace joulemark
