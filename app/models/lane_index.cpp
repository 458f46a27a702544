// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/lane_index.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr TimeNs k_steps = 65536;

void mark(LaneColumn& column, std::uint32_t bit, bool high) {
  (high ? column.high : column.low) |= bit;
}

void set(LaneColumn& level, std::uint32_t bit, bool high) {
  level.high = high ? level.high | bit : level.high & ~bit;
  level.low = high ? level.low & ~bit : level.low | bit;
}

void merge(LaneColumn& into, const LaneColumn& other) {
  into.high |= other.high;
  into.low |= other.low;
}

}  // namespace

std::array<std::int16_t, 256> lanes_of(const CaptureInfo& info) {
  std::array<std::int16_t, 256> lanes{};
  lanes.fill(-1);
  for (std::size_t i = 0; i < std::min(info.lines.size(), k_most_lanes); ++i)
    lanes[info.lines[i].id.value & 0xFF] = static_cast<std::int16_t>(i);
  return lanes;
}

Result<LaneIndex> LaneIndex::build(SampleSource& source, TimeRange extent) {
  LaneIndex index;
  index.extent_ = extent;
  index.step_ns_ = std::max<TimeNs>(1, (extent.length_ns() + k_steps - 1) / k_steps);
  index.lane_ = lanes_of(source.info());
  index.steps_.resize(static_cast<std::size_t>(extent.length_ns() / index.step_ns_ + 1));
  Firsts firsts;
  JM_TRY(index.add_all(source, firsts));
  index.fill_before(firsts);
  return index;
}

Status LaneIndex::add_all(SampleSource& source, Firsts& firsts) {
  LaneColumn level;
  std::size_t at = 0;
  const auto go_to = [&](std::size_t step) {
    for (; at < step; ++at) {
      merge(steps_[at].seen, level);
      steps_[at + 1].begin = level;
    }
  };
  JM_TRY(source.edges(k_all_time, [&](std::span<const Edge> edges) -> Status {
    edges_ += static_cast<std::int64_t>(edges.size());
    for (const Edge& edge : edges) {
      const int lane = lane_[edge.line.value & 0xFF];
      if (lane < 0) continue;
      go_to(std::max(at, step_at(edge.time_ns)));
      const std::uint32_t bit = std::uint32_t{1} << lane;
      First& first = firsts[static_cast<std::size_t>(lane)];
      if (!first.found) {
        first = {true, at, !edge.level};
        set(level, bit, !edge.level);
      }
      merge(steps_[at].seen, level);
      set(level, bit, edge.level);
      mark(steps_[at].seen, bit, edge.level);
    }
    return {};
  }));
  go_to(steps_.size() - 1);
  merge(steps_[at].seen, level);
  return {};
}

// Until its first edge a line had the other level.
void LaneIndex::fill_before(const Firsts& firsts) {
  for (std::size_t lane = 0; lane < firsts.size(); ++lane) {
    const First& first = firsts[lane];
    if (!first.found) continue;
    const std::uint32_t bit = std::uint32_t{1} << lane;
    for (std::size_t step = 0; step <= first.step; ++step) {
      set(steps_[step].begin, bit, first.high_before);
      mark(steps_[step].seen, bit, first.high_before);
    }
  }
}

std::size_t LaneIndex::step_at(TimeNs time_ns) const {
  const TimeNs step = (time_ns - extent_.begin_ns) / step_ns_;
  return static_cast<std::size_t>(std::clamp<TimeNs>(step, 0, static_cast<TimeNs>(steps_.size()) - 1));
}

Result<std::vector<LaneColumn>> LaneIndex::columns(SampleSource& source, TimeRange range,
                                                   std::size_t count) const {
  if (steps_.empty() || range.empty() || count == 0) return std::vector<LaneColumn>(count);
  const TimeNs column_ns = range.length_ns() / static_cast<TimeNs>(count);
  if (column_ns >= step_ns_) return from_steps(range, count);
  return from_edges(source, range, count);
}

std::vector<LaneColumn> LaneIndex::from_steps(TimeRange range, std::size_t count) const {
  std::vector<LaneColumn> columns(count);
  const double column_ns = static_cast<double>(range.length_ns()) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const TimeNs begin_ns = range.begin_ns + static_cast<TimeNs>(column_ns * static_cast<double>(i));
    const TimeNs end_ns = begin_ns + static_cast<TimeNs>(column_ns);
    if (end_ns <= extent_.begin_ns || begin_ns >= extent_.end_ns) continue;
    for (std::size_t step = step_at(begin_ns); step <= step_at(end_ns - 1); ++step)
      merge(columns[i], steps_[step].seen);
  }
  return columns;
}

Result<std::vector<LaneColumn>> LaneIndex::from_edges(SampleSource& source, TimeRange range,
                                                      std::size_t count) const {
  std::vector<LaneColumn> columns(count);
  const std::size_t step = step_at(range.begin_ns);
  LaneColumn level = steps_[step].begin;
  const double per_ns = static_cast<double>(count) / static_cast<double>(range.length_ns());
  const auto column_at = [&](TimeNs time_ns) {
    const double place = static_cast<double>(time_ns - range.begin_ns) * per_ns;
    return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(count)));
  };
  std::size_t at = column_at(extent_.begin_ns);
  const auto go_to = [&](std::size_t column) {
    for (; at < column; ++at)
      merge(columns[at], level);
  };
  const TimeRange wanted{extent_.begin_ns + static_cast<TimeNs>(step) * step_ns_, range.end_ns};
  JM_TRY(source.edges(step == 0 ? TimeRange{k_all_time.begin_ns, range.end_ns} : wanted,
                      [&](std::span<const Edge> edges) -> Status {
                        for (const Edge& edge : edges) {
                          const int lane = lane_[edge.line.value & 0xFF];
                          if (lane < 0) continue;
                          const std::uint32_t bit = std::uint32_t{1} << lane;
                          if (edge.time_ns >= range.begin_ns) {
                            go_to(std::max(at, column_at(edge.time_ns)));
                            if (at < count) merge(columns[at], {level.high & bit, level.low & bit});
                          }
                          set(level, bit, edge.level);
                          if (edge.time_ns >= range.begin_ns && at < count)
                            mark(columns[at], bit, edge.level);
                        }
                        return {};
                      }));
  go_to(column_at(extent_.end_ns));
  return columns;
}

}  // namespace joulemark
