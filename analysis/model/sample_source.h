// SPDX-License-Identifier: Apache-2.0
// The joint between a finished (or growing) capture and the analysis: nothing else is read by it.
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/clock.h>
#include <analysis/model/edge.h>
#include <analysis/model/marker.h>
#include <analysis/model/rail.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_block.h>
#include <analysis/model/summary.h>

#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace joulemark {

struct Extent {
  IndexRange indices;             // first to one past the last stored index; empty when nothing is stored
  std::int64_t samples = 0;       // stored
  std::int64_t lost_samples = 0;  // indices.count() - samples
  TimeRange time;                 // from the first sample's interval to the end of the last one's
};

// The integral of a channel over a window. Nothing is ever invented for missing time: integral covers
// covered_s alone, and covered_s + missing_s is the window's length (grown to the whole samples at its ends
// when those count whole: what they add beyond the window never makes up for time missing inside it).
struct Integral {
  double integral = 0;  // SI x s (watts give joules, amperes coulombs); energy channels: joules
  double covered_s = 0;
  double missing_s = 0;
  double min = 0;  // SI, over every sample that touches the window; both 0 when none does
  double max = 0;
  std::int64_t samples = 0;  // that touch the window

  [[nodiscard]] double mean() const { return covered_s > 0 ? integral / covered_s : 0; }
};

// What happens to the samples at a window's ends.
enum class Boundary {
  fractional,     // the covered fraction of the first and last sample counts
  whole_samples,  // the window is widened to whole samples; covered_s says how far
};

// One pixel column of a view, in SI. count 0: no data there (a gap or outside), draw nothing.
struct ViewColumn {
  TimeRange time;  // what it covers: whole summary entries, so neighbours may differ in width by one entry
  std::int64_t count = 0;
  double min = 0;
  double max = 0;
  double mean = 0;
  double stddev = 0;
};

// All calls on one object from one thread at a time. Times outside the capture are allowed: nothing is there.
// Errors of every call: unreadable (damage, named), io; usage or inadequate for an unknown or underivable
// channel.
class SampleSource {
 public:
  using BlockVisitor = std::function<Status(const SampleBlock&)>;
  using EdgeVisitor = std::function<Status(std::span<const Edge>)>;

  SampleSource() = default;
  SampleSource(const SampleSource&) = delete;
  SampleSource& operator=(const SampleSource&) = delete;
  virtual ~SampleSource() = default;

  [[nodiscard]] virtual const CaptureInfo& info() const = 0;
  [[nodiscard]] virtual EndReason end_reason() const = 0;

  [[nodiscard]] virtual Result<Extent> extent(ChannelId channel) = 0;

  // Streams the stored samples with index in the range, in order, in blocks of the source's choosing; a gap
  // is a jump of first_index. Stored channels only. The visitor's Error ends the stream and is returned.
  [[nodiscard]] virtual Status read(ChannelId channel, IndexRange range, const BlockVisitor& visit) = 0;

  // Exact over whole samples, of values before gain (see Derivation): stored ones, or where a voltage was
  // measured the products of both. Any channel; the range is on the grid of the one that is derived from.
  [[nodiscard]] virtual Result<Summary> summarize(ChannelId channel, IndexRange range) = 0;

  // Sample-exact integrals of many windows in one pass over the samples; windows sorted by begin, overlaps
  // allowed. Any channel, also k_power and k_current. Cost: linear in the windows plus the samples at their
  // ends; interiors come from sums kept with the data.
  [[nodiscard]] virtual Result<std::vector<Integral>> integrals(ChannelId channel,
                                                                std::span<const TimeRange> windows,
                                                                Boundary boundary) = 0;

  // columns >= 1 columns over the range, O(columns) in cost. For drawing: never integrate these.
  [[nodiscard]] virtual Result<std::vector<ViewColumn>> view(ChannelId channel, TimeRange range,
                                                             std::size_t columns) = 0;

  // Edges with begin <= time < end, in time order, batched.
  [[nodiscard]] virtual Status edges(TimeRange range, const EdgeVisitor& visit) = 0;

  [[nodiscard]] virtual Result<std::vector<Marker>> markers() = 0;
  [[nodiscard]] virtual Result<std::vector<Anomaly>> anomalies() = 0;
  [[nodiscard]] virtual Result<std::vector<ClockPoint>> clock_points() = 0;
  [[nodiscard]] virtual Result<std::vector<MetadataItem>> metadata() = 0;
};

// The whole of time, for edges().
inline constexpr TimeRange k_all_time{std::numeric_limits<TimeNs>::min(), std::numeric_limits<TimeNs>::max()};

}  // namespace joulemark
