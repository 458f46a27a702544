// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/schema.h>
#include <analysis/capture/view.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark::capture {
namespace {

Stats stats_of(const Summary& s) {
  return {s.count, s.sum, s.m2, static_cast<double>(s.min), static_cast<double>(s.max)};
}

// Column c covers [edge c, edge c + 1): c shares of the range, rounded to the nearest ns.
std::vector<TimeNs> edges_of(TimeRange range, std::size_t count) {
  const TimeNs share = range.length_ns() / static_cast<TimeNs>(count);
  const TimeNs rest = range.length_ns() % static_cast<TimeNs>(count);
  std::vector<TimeNs> edges(count + 1);
  for (std::size_t c = 0; c <= count; ++c) {
    const auto n = static_cast<TimeNs>(c);
    edges[c] = range.begin_ns + share * n +
               (2 * rest * n + static_cast<TimeNs>(count)) / (2 * static_cast<TimeNs>(count));
  }
  return edges;
}

// The highest level whose entries are no longer than a column; -1 when single samples are wanted.
int level_for(double samples_per_column) {
  int level = -1;
  while (level + 1 < k_levels && static_cast<double>(entry_samples(level + 1)) <= samples_per_column)
    ++level;
  return level;
}

}  // namespace

View::View(const Channel& channel, const BlockDirectory& blocks, ValueSource& values, double gain,
           SummaryStore& summaries, std::uint32_t summary_channel)
    : channel_(channel),
      grid_(channel),
      blocks_(&blocks),
      integrator_(channel, blocks, values, gain),
      summaries_(&summaries),
      summary_channel_(summary_channel),
      gain_(gain) {}

Result<std::vector<ViewColumn>> View::columns(TimeRange range, std::size_t count) {
  range.begin_ns = std::clamp(range.begin_ns, -k_latest_ns, k_latest_ns);
  range.end_ns = std::clamp(range.end_ns, range.begin_ns, k_latest_ns);
  const int level = level_for(samples_in(range) / static_cast<double>(count));
  if (level < 0) return from_samples(range, count);
  return channel_.timed ? timed(range, count, level) : uniform(range, count, level);
}

// Of a uniform channel as its grid has them, of a timed one about as many as there are.
double View::samples_in(TimeRange range) const {
  if (!channel_.timed) return grid_.position(range.end_ns) - grid_.position(range.begin_ns);
  const auto before = [this](TimeNs time_ns) {
    const std::size_t k = blocks_->block_after_time(time_ns);
    const std::int64_t whole = k == 0 ? 0 : blocks_->inside(0, k).samples;
    if (k == blocks_->blocks().size() || blocks_->held(k).begin_ns >= time_ns)
      return static_cast<double>(whole);
    const double share = static_cast<double>(time_ns - blocks_->held(k).begin_ns) /
                         static_cast<double>(blocks_->held(k).length_ns());
    return static_cast<double>(whole) + share * static_cast<double>(blocks_->blocks()[k].count);
  };
  return before(range.end_ns) - before(range.begin_ns);
}

Result<std::vector<ViewColumn>> View::from_samples(TimeRange range, std::size_t count) {
  const std::vector<TimeNs> edges = edges_of(range, count);
  std::vector<ViewColumn> view;
  view.reserve(count);
  for (std::size_t c = 0; c < count; ++c) {
    const TimeRange time{edges[c], edges[c + 1]};
    JM_TRY_ASSIGN(const Integrator::Part part, integrator_.integrate(time, Boundary::fractional, true));
    view.push_back(finish({time, part.stats}));
    view.back().mean = part.integral.mean();
  }
  return view;
}

template <typename Visit>
Status View::for_entries(IndexRange indices, int level, const Visit& visit) {
  const std::int64_t length = entry_samples(level);
  const std::int64_t row_length = length * k_row_entries;
  while (!indices.empty()) {
    const std::size_t k = blocks_->block_after(indices.begin);
    if (k == blocks_->blocks().size()) return {};
    const std::int64_t index = std::max(indices.begin, blocks_->blocks()[k].first_index);
    if (index >= indices.end) return {};
    const std::int64_t row = index / row_length;
    JM_TRY_ASSIGN(const auto entries,
                  summaries_->get(summary_channel_, level, row * k_row_entries, channel_.timed));
    if (!entries) {
      return fail(
          ErrorCode::unreadable,
          fmt::format("channel '{}': the summaries of sample {} are missing; joulemark verify --repair "
                      "makes them anew",
                      channel_.name, index));
    }
    const std::int64_t first = index / length - row * k_row_entries;
    const std::int64_t last = std::min((indices.end + length - 1) / length - row * k_row_entries,
                                       static_cast<std::int64_t>(entries->size()));
    for (std::int64_t e = first; e < last; ++e) {
      const SummaryEntry& entry = (*entries)[static_cast<std::size_t>(e)];
      if (entry.summary.count == 0) continue;
      JM_TRY(visit(row * k_row_entries + e, entry));
    }
    indices.begin = (row + 1) * row_length;
  }
  return {};
}

Result<std::vector<ViewColumn>> View::uniform(TimeRange range, std::size_t count, int level) {
  const std::int64_t length = entry_samples(level);
  const double begin = grid_.position(range.begin_ns) / static_cast<double>(length);
  const double end = grid_.position(range.end_ns) / static_cast<double>(length);
  std::vector<std::int64_t> edges(count + 1);  // column c has the entries [edges[c], edges[c + 1])
  for (std::size_t c = 0; c <= count; ++c)
    edges[c] = std::llround(begin + (end - begin) * static_cast<double>(c) / static_cast<double>(count));
  std::vector<Column> columns(count);
  for (std::size_t c = 0; c < count; ++c) {
    const TimeNs begin_ns = c > 0 ? columns[c - 1].time.end_ns : grid_.time_of(edges[0] * length);
    columns[c].time = {begin_ns, grid_.time_of(edges[c + 1] * length)};
  }
  const IndexRange all = blocks_->indices();
  const IndexRange indices{std::max(all.begin, edges[0] * length), std::min(all.end, edges[count] * length)};
  std::size_t c = 0;
  JM_TRY(for_entries(indices, level, [&](std::int64_t entry, const SummaryEntry& summary) -> Status {
    while (entry >= edges[c + 1] && c + 1 < count)
      ++c;
    columns[c].stats.merge(stats_of(summary.summary));
    return {};
  }));
  std::vector<ViewColumn> view;
  view.reserve(count);
  view.reserve(columns.size());
  for (const Column& column : columns)
    view.push_back(finish(column));
  return view;
}

// An entry without gaps is drawn over all the columns its samples hold in; one with gaps sample by sample.
Result<std::vector<ViewColumn>> View::timed(TimeRange range, std::size_t count, int level) {
  const std::vector<TimeNs> edges = edges_of(range, count);
  std::vector<Column> columns(count);
  for (std::size_t c = 0; c < count; ++c)
    columns[c].time = {edges[c], edges[c + 1]};
  const std::int64_t length = entry_samples(level);
  const std::size_t first = blocks_->block_after_time(range.begin_ns);
  const std::size_t last = std::min(blocks_->block_after_time(range.end_ns) + 1, blocks_->blocks().size());
  std::vector<ViewColumn> view;
  if (first < last) {
    const IndexRange indices{blocks_->blocks()[first].first_index,
                             blocks_->blocks()[last - 1].first_index + blocks_->blocks()[last - 1].count};
    std::optional<SummaryEntry> held;
    std::int64_t held_end = 0;
    const auto draw = [&](const SummaryEntry* next) -> Status {
      if (!held) return {};
      const bool whole = held->summary.count == length;
      return add_timed(*held, entry_time(*held, held_end, next), whole, range, columns);
    };
    const auto hold = [&](std::int64_t number, const SummaryEntry& entry) -> Status {
      JM_TRY(draw(&entry));
      held = entry;
      held_end = (number + 1) * length;
      return {};
    };
    JM_TRY(for_entries(indices, level, hold));
    JM_TRY(draw(nullptr));
  }
  view.reserve(columns.size());
  for (const Column& column : columns)
    view.push_back(finish(column));
  return view;
}

// Until the next entry where its samples follow directly; else for a nominal interval, or a mean one.
TimeRange View::entry_time(const SummaryEntry& entry, std::int64_t end_index,
                           const SummaryEntry* next) const {
  const TimeNs lead_ns = from_seconds(channel_.lead_s());
  const std::size_t k = blocks_->block_after(end_index - 1);
  const auto& blocks = blocks_->blocks();
  const bool follows = next != nullptr && k < blocks.size() && blocks[k].first_index < end_index &&
                       blocks_->block_after(end_index) < blocks.size() &&
                       blocks[blocks_->block_after(end_index)].first_index <= end_index;
  if (follows) return {entry.first_ns - lead_ns, next->first_ns - lead_ns};
  TimeNs hold_ns = from_seconds(channel_.interval_s());
  if (hold_ns == 0 && entry.summary.count > 1) {
    hold_ns = (entry.last_ns - entry.first_ns) / (entry.summary.count - 1);
  }
  if (next != nullptr) hold_ns = std::min(hold_ns, next->first_ns - entry.last_ns);
  return {entry.first_ns - lead_ns, entry.last_ns - lead_ns + hold_ns};
}

Status View::add_timed(const SummaryEntry& entry, TimeRange held, bool whole, TimeRange range,
                       std::vector<Column>& columns) {
  const TimeRange seen = intersect(held, range);
  if (seen.empty()) return {};
  const auto ends_by = [](const Column& column, TimeNs t) { return column.time.end_ns <= t; };
  auto column = std::lower_bound(columns.begin(), columns.end(), seen.begin_ns, ends_by);
  for (; column != columns.end() && column->time.begin_ns < seen.end_ns; ++column) {
    if (whole) {
      column->stats.merge(stats_of(entry.summary));
      continue;
    }
    const TimeRange part = intersect(column->time, seen);
    JM_TRY_ASSIGN(const Integrator::Part exact, integrator_.integrate(part, Boundary::fractional, true));
    column->stats.merge(exact.stats);
  }
  return {};
}

ViewColumn View::finish(const Column& column) const {
  ViewColumn view;
  view.time = column.time;
  view.count = column.stats.count;
  if (view.count == 0) return view;
  const double n = static_cast<double>(view.count);
  view.min = std::min(column.stats.min * gain_, column.stats.max * gain_);
  view.max = std::max(column.stats.min * gain_, column.stats.max * gain_);
  view.mean = column.stats.sum / n * gain_;
  view.stddev = std::sqrt(std::max(0.0, column.stats.m2) / n) * std::abs(gain_);
  return view;
}

}  // namespace joulemark::capture
