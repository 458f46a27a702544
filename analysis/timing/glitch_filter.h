// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/edge.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <vector>

namespace joulemark {

// Takes pulses shorter than the hold time out of one line's edges, whichever level they have. What stays
// keeps its own time: nothing is shifted.
//
// Edges closer together than the hold time form a cluster. In a cluster the shortest pulse goes first and its
// two neighbours become one (of equals the later goes), until no pulse is shorter than the hold time: so a
// spike just before an edge and a dip just after one both leave the true edge where it is.
class GlitchFilter {
 public:
  explicit GlitchFilter(TimeNs hold_ns) : hold_ns_(hold_ns) {}

  // Edges in time order. What is settled is appended to out.
  void push(const Edge& edge, std::vector<Edge>& out);
  void finish(std::vector<Edge>& out);

  [[nodiscard]] std::int64_t glitches() const { return glitches_; }
  [[nodiscard]] std::int64_t zero_length() const {
    return zero_length_;
  }                                                         // pulses of no length, likewise out
  [[nodiscard]] TimeRange where() const { return where_; }  // from the first to the last pulse taken out

 private:
  void settle();
  void drop_pulse(std::size_t first);

  TimeNs hold_ns_;
  std::vector<Edge> cluster_;  // levels alternate; bounded
  std::int64_t glitches_ = 0;
  std::int64_t zero_length_ = 0;
  TimeRange where_;
};

}  // namespace joulemark
