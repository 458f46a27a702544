// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/timing/stated_levels.h>

#include <app/models/lane_index.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr std::size_t k_most_runs = std::size_t{1} << 20;
constexpr std::uint32_t k_edges_per_run = 128;
constexpr TimeNs k_pauses = TimeNs{1} << 18;  // a pause is longer than this part of the capture
constexpr std::size_t k_runs_per_group = 64;
constexpr std::size_t k_near_runs = 16;        // that are read over rather than left out
constexpr std::int64_t k_most_read = 600'000;  // edges in one picture: some 15 ms
constexpr std::int64_t k_cost_of_read = 8192;  // in edges: a row of them is unpacked as a whole

void merge(LaneColumn& into, const LaneColumn& other) {
  into.high |= other.high;
  into.low |= other.low;
}

void mark(LaneColumn& column, std::uint32_t bit, bool high) {
  (high ? column.high : column.low) |= bit;
}

// The other level was there before, though no edge to it was recorded.
void mark_edge(LaneColumn& column, std::uint32_t bit) {
  column.high |= bit;
  column.low |= bit;
}

void set(std::uint32_t& levels, std::uint32_t bit, bool high) {
  levels = high ? levels | bit : levels & ~bit;
}

}  // namespace

std::array<std::int16_t, 256> lanes_of(const CaptureInfo& info, std::size_t first) {
  std::array<std::int16_t, 256> lanes{};
  lanes.fill(-1);
  for (std::size_t i = first; i < std::min(info.lines.size(), first + k_most_lanes); ++i)
    lanes[info.lines[i].id.value & 0xFF] = static_cast<std::int16_t>(i - first);
  return lanes;
}

// --- building ---

struct LaneIndex::Builder {
  struct First {  // edge of a line
    bool found = false;
    std::int64_t number = 0;
    bool high_before = false;
  };

  explicit Builder(LaneIndex& to)
      : index(to), longest_pause_ns(std::max<TimeNs>(1, to.extent_.length_ns() / k_pauses)) {}

  void add(const Edge& edge) {
    const int lane = index.lane_[edge.line.value & 0xFF];
    if (lane < 0) return;
    const std::uint32_t bit = std::uint32_t{1} << lane;
    First& first = firsts[static_cast<std::size_t>(lane)];
    if (!first.found) {
      first = {true, taken, !edge.level};
      index.known_ |= bit;
      set(high, bit, !edge.level);
    }
    Run& run = run_at(edge.time_ns);
    mark_edge(run.seen, bit);
    set(high, bit, edge.level);
    ++run.edges;
    ++taken;
  }

  // The last one, or a new one after it.
  Run& run_at(TimeNs time_ns) {
    std::vector<Run>& runs = index.runs_;
    if (runs.empty() || runs.back().edges >= most_edges || time_ns - runs.back().last_ns > longest_pause_ns) {
      if (runs.size() == k_most_runs) join();
      runs.push_back({time_ns, time_ns, index.level(high), high, 0});
    }
    runs.back().last_ns = std::max(runs.back().last_ns, time_ns);
    return runs.back();
  }

  // Runs twice as long, so that they stay as many.
  void join() {
    most_edges *= 2;
    longest_pause_ns *= 2;
    std::size_t kept = 0;
    for (const Run& run : index.runs_) {
      if (kept > 0) {
        Run& before = index.runs_[kept - 1];
        if (before.edges + run.edges <= most_edges && run.begin_ns - before.last_ns <= longest_pause_ns) {
          before.last_ns = run.last_ns;
          before.edges += run.edges;
          merge(before.seen, run.seen);
          continue;
        }
      }
      index.runs_[kept++] = run;
    }
    index.runs_.resize(kept);
  }

  // A line without an edge stays as it began.
  void keep_stated(const Levels& stated) {
    for (std::size_t id = 0; id < index.lane_.size(); ++id) {
      if (index.lane_[id] < 0 || firsts[static_cast<std::size_t>(index.lane_[id])].found ||
          !stated.known.test(id))
        continue;
      const std::uint32_t bit = std::uint32_t{1} << index.lane_[id];
      index.known_ |= bit;
      set(high, bit, stated.high.test(id));
      for (Run& run : index.runs_) {
        set(run.before, bit, stated.high.test(id));
        mark(run.seen, bit, stated.high.test(id));
      }
    }
  }

  // Until its first edge a line had the other level.
  void fill_before() {
    for (std::size_t lane = 0; lane < firsts.size(); ++lane) {
      if (!firsts[lane].found) continue;
      const std::uint32_t bit = std::uint32_t{1} << lane;
      std::int64_t number = 0;
      for (Run& run : index.runs_) {
        if (number > firsts[lane].number) break;
        set(run.before, bit, firsts[lane].high_before);
        mark(run.seen, bit, firsts[lane].high_before);
        number += run.edges;
      }
    }
  }

  void finish(const Levels& stated) {
    keep_stated(stated);
    fill_before();
    index.high_at_end_ = high;
    index.runs_.shrink_to_fit();
    index.groups_.resize(index.runs_.size() / k_runs_per_group);
    for (std::size_t i = 0; i < index.groups_.size() * k_runs_per_group; ++i)
      merge(index.groups_[i / k_runs_per_group], index.runs_[i].seen);
  }

  LaneIndex& index;
  TimeNs longest_pause_ns;
  std::uint32_t most_edges = k_edges_per_run;
  std::uint32_t high = 0;
  std::int64_t taken = 0;
  std::array<First, k_most_lanes> firsts;
};

Result<LaneIndex> LaneIndex::build(SampleSource& source, TimeRange extent, std::size_t first) {
  LaneIndex index;
  index.extent_ = extent;
  index.lane_ = lanes_of(source.info(), first);
  Builder builder(index);
  JM_TRY(source.edges(k_all_time, [&](std::span<const Edge> edges) -> Status {
    index.edges_ += static_cast<std::int64_t>(edges.size());
    for (const Edge& edge : edges)
      builder.add(edge);
    return {};
  }));
  JM_TRY_ASSIGN(const Levels stated, stated_levels(source));
  builder.finish(stated);
  return index;
}

// --- drawing ---

// One view of it: first what runs tell that are narrower than a column, then the edges of wider ones.
class LaneIndex::Picture {
 public:
  Picture(const LaneIndex& index, TimeRange range, std::size_t count)
      : index_(index),
        range_(range),
        seen_(intersect(range, index.extent_)),
        columns_(count),
        column_ns_(static_cast<double>(range.length_ns()) / static_cast<double>(count)) {}

  void draw_runs() {
    std::size_t first = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const TimeNs begin_ns = begin_of(i);
      const TimeRange time = intersect({begin_ns, std::max(begin_of(i + 1), begin_ns + 1)}, seen_);
      if (time.empty()) continue;
      first = index_.run_after(first, time.begin_ns);
      const std::size_t last = index_.run_from(first, time.end_ns);
      if (first == index_.runs_.size() || time.begin_ns < index_.runs_[first].begin_ns)
        merge(columns_[i], index_.level(index_.high_before(first)));
      draw_column(columns_[i], first, last);
    }
    std::ranges::sort(wide_);
    wide_.erase(std::unique(wide_.begin(), wide_.end()), wide_.end());
  }

  [[nodiscard]] Status draw_edges(SampleSource& source) {
    const std::vector<Stretch> stretches = wide_stretches();
    std::int64_t cost = 0;
    for (const Stretch& stretch : stretches)
      cost += stretch.edges + k_cost_of_read;
    if (cost > k_most_read) {
      for (const std::size_t run : wide_)
        draw_whole(index_.runs_[run]);
      return {};
    }
    for (const Stretch& stretch : stretches)
      JM_TRY(read(source, stretch));
    return {};
  }

  [[nodiscard]] std::vector<LaneColumn> take() { return std::move(columns_); }

 private:
  struct Stretch {  // of runs to be read, both included
    std::size_t first = 0;
    std::size_t last = 0;
    std::int64_t edges = 0;
  };

  [[nodiscard]] TimeNs begin_of(std::size_t column) const {
    return range_.begin_ns + static_cast<TimeNs>(column_ns_ * static_cast<double>(column));
  }

  [[nodiscard]] std::size_t column_at(TimeNs time_ns) const {
    const double place = static_cast<double>(time_ns - range_.begin_ns) / column_ns_;
    return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(columns_.size())));
  }

  [[nodiscard]] bool is_wide(std::size_t run) const {
    const Run& r = index_.runs_[run];
    return static_cast<double>(r.last_ns - r.begin_ns + 1) > column_ns_;
  }

  // Of several runs only the outermost can be wider than the column.
  void draw_column(LaneColumn& column, std::size_t first, std::size_t last) {
    if (first < last && is_wide(first)) wide_.push_back(first++);
    if (first < last && is_wide(last - 1)) wide_.push_back(--last);
    index_.merge_seen(column, first, last);
  }

  [[nodiscard]] std::vector<Stretch> wide_stretches() const {
    std::vector<Stretch> stretches;
    for (const std::size_t run : wide_) {
      if (stretches.empty() || run - stretches.back().last > k_near_runs) stretches.push_back({run, run, 0});
      Stretch& stretch = stretches.back();
      for (std::size_t i = stretch.edges == 0 ? run : stretch.last + 1; i <= run; ++i)
        stretch.edges += index_.runs_[i].edges;
      stretch.last = run;
    }
    return stretches;
  }

  // Coarser than a column: where too many are scattered to be read in time.
  void draw_whole(const Run& run) {
    const std::size_t last = std::min(column_at(run.last_ns) + 1, columns_.size());
    for (std::size_t i = column_at(run.begin_ns); i < last; ++i)
      merge(columns_[i], run.seen);
  }

  [[nodiscard]] Status read(SampleSource& source, const Stretch& stretch) {
    const Run& first = index_.runs_[stretch.first];
    const TimeRange time{first.begin_ns, std::min(index_.runs_[stretch.last].last_ns + 1, seen_.end_ns)};
    std::uint32_t high = first.before;
    std::size_t at = column_at(std::max(time.begin_ns, seen_.begin_ns));
    JM_TRY(source.edges(time, [&](std::span<const Edge> edges) -> Status {
      for (const Edge& edge : edges) {
        const int lane = index_.lane_[edge.line.value & 0xFF];
        if (lane < 0) continue;
        const std::uint32_t bit = std::uint32_t{1} << lane;
        if (edge.time_ns >= seen_.begin_ns) {
          for (const std::size_t to = column_at(edge.time_ns); at < to; ++at)
            merge(columns_[at], index_.level(high));
          if (at < columns_.size()) mark_edge(columns_[at], bit);
        }
        set(high, bit, edge.level);
      }
      return {};
    }));
    const std::size_t end = std::min(column_at(time.end_ns - 1) + 1, columns_.size());
    for (; at < end; ++at)
      merge(columns_[at], index_.level(high));
    return {};
  }

  const LaneIndex& index_;
  TimeRange range_;
  TimeRange seen_;  // of the range: what the capture is of
  std::vector<LaneColumn> columns_;
  double column_ns_;
  std::vector<std::size_t> wide_;
};

Result<std::vector<LaneColumn>> LaneIndex::columns(SampleSource& source, TimeRange range,
                                                   std::size_t count) const {
  if (known_ == 0 || range.empty() || count == 0) return std::vector<LaneColumn>(count);
  Picture picture(*this, range, count);
  picture.draw_runs();
  JM_TRY(picture.draw_edges(source));
  return picture.take();
}

std::size_t LaneIndex::run_after(std::size_t from, TimeNs time_ns) const {
  const auto at = runs_.begin() + static_cast<std::ptrdiff_t>(from);
  return static_cast<std::size_t>(std::ranges::lower_bound(at, runs_.end(), time_ns, {}, &Run::last_ns) -
                                  runs_.begin());
}

std::size_t LaneIndex::run_from(std::size_t from, TimeNs time_ns) const {
  const auto at = runs_.begin() + static_cast<std::ptrdiff_t>(from);
  return static_cast<std::size_t>(std::ranges::lower_bound(at, runs_.end(), time_ns, {}, &Run::begin_ns) -
                                  runs_.begin());
}

std::uint32_t LaneIndex::high_before(std::size_t run) const {
  return run < runs_.size() ? runs_[run].before : high_at_end_;
}

void LaneIndex::merge_seen(LaneColumn& column, std::size_t first, std::size_t last) const {
  while (first < last) {
    const bool group = first % k_runs_per_group == 0 && last - first >= k_runs_per_group;
    merge(column, group ? groups_[first / k_runs_per_group] : runs_[first].seen);
    first += group ? k_runs_per_group : 1;
  }
}

}  // namespace joulemark
