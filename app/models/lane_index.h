// SPDX-License-Identifier: GPL-3.0-or-later
// Digital lines as a person sees them, at any zoom.
#pragma once

#include <analysis/model/sample_source.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace joulemark {

// One pixel column of all lanes; bit n is line n of CaptureInfo::lines (the first k_most_lanes). Neither bit:
// the level is not known there.
struct LaneColumn {
  std::uint32_t high = 0;  // was high at some time in the column
  std::uint32_t low = 0;
};

inline constexpr std::size_t k_most_lanes = 32;

// Which position each LineId has among the lanes; -1: none.
[[nodiscard]] std::array<std::int16_t, 256> lanes_of(const CaptureInfo& info);

// Streams all edges once, keeps the lanes in 65536 steps of time (1 MB), and the level of each line at the
// begin of each step: zoomed out a view costs O(steps), zoomed in the edges of a few steps.
class LaneIndex {
 public:
  LaneIndex() = default;  // knows of no line
  // Errors: the source's.
  [[nodiscard]] static Result<LaneIndex> build(SampleSource& source, TimeRange extent);

  // source: the one it was built from, or another reader of the same capture.
  [[nodiscard]] Result<std::vector<LaneColumn>> columns(SampleSource& source, TimeRange range,
                                                        std::size_t count) const;
  [[nodiscard]] std::int64_t edges() const { return edges_; }

 private:
  struct Step {
    LaneColumn seen;
    LaneColumn begin;  // at its begin: high or low
  };
  [[nodiscard]] std::size_t step_at(TimeNs time_ns) const;
  [[nodiscard]] std::vector<LaneColumn> from_steps(TimeRange range, std::size_t count) const;
  [[nodiscard]] Result<std::vector<LaneColumn>> from_edges(SampleSource& source, TimeRange range,
                                                           std::size_t count) const;

  struct First {  // edge of a lane
    bool found = false;
    std::size_t step = 0;
    bool high_before = false;
  };
  using Firsts = std::array<First, k_most_lanes>;
  [[nodiscard]] Status add_all(SampleSource& source, Firsts& firsts);
  void fill_before(const Firsts& firsts);

  TimeRange extent_;
  TimeNs step_ns_ = 1;
  std::array<std::int16_t, 256> lane_{};
  std::vector<Step> steps_;
  std::int64_t edges_ = 0;
};

}  // namespace joulemark
