// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/time_window.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark {
namespace {

constexpr std::size_t k_most_visited = 100;

}  // namespace

void TimeWindow::set_limits(TimeRange limits, TimeNs shortest_ns) {
  if (limits.empty()) limits.end_ns = limits.begin_ns + 1'000'000'000;
  limits_ = limits;
  shortest_ns_ = std::clamp<TimeNs>(shortest_ns, 1, limits.length_ns());
  apply(range_);
}

void TimeWindow::apply(TimeRange range) {
  const TimeNs length = std::clamp(range.length_ns(), shortest_ns_, limits_.length_ns());
  const TimeNs middle = range.begin_ns + (range.end_ns - range.begin_ns) / 2;
  TimeNs begin = length == range.length_ns() ? range.begin_ns : middle - length / 2;
  begin = std::clamp(begin, limits_.begin_ns, limits_.end_ns - length);
  const TimeRange next{begin, begin + length};
  if (next == range_) return;
  range_ = next;
  Q_EMIT rangeChanged();
}

void TimeWindow::show(TimeRange range) {
  const TimeRange before = range_;
  apply(range);
  if (range_ == before) return;  // nowhere to go back from
  if (visited_.empty() || visited_.back() != before) visited_.push_back(before);
  if (visited_.size() > k_most_visited) visited_.erase(visited_.begin());
}

void TimeWindow::zoom(double factor, TimeNs around_ns) {
  const double before = static_cast<double>(around_ns - range_.begin_ns);
  const double after = static_cast<double>(range_.end_ns - around_ns);
  const double shortest = static_cast<double>(shortest_ns_) / static_cast<double>(range_.length_ns());
  const double used = std::max(factor, shortest);
  apply({around_ns - std::llround(before * used), around_ns + std::llround(after * used)});
}

void TimeWindow::pan(TimeNs by_ns) {
  apply({range_.begin_ns + by_ns, range_.end_ns + by_ns});
}

void TimeWindow::show_end(TimeNs length_ns) {
  apply({limits_.end_ns - length_ns, limits_.end_ns});
}

void TimeWindow::back() {
  if (visited_.empty()) return;
  const TimeRange last = visited_.back();
  visited_.pop_back();
  apply(last);
}

void TimeWindow::set_cursors(std::size_t pair, std::optional<TimeRange> between) {
  if (cursors_[pair] == between) return;
  const bool appears = !cursors_[pair];
  cursors_[pair] = between;
  if (appears) active_ = {pair, false};
  if (!cursors_[active_.pair]) active_ = {k_pairs - 1 - active_.pair, false};
  Q_EMIT cursorsChanged(pair);
}

std::optional<TimeWindow::Cursor> TimeWindow::active_cursor() const {
  return cursors_[active_.pair] ? std::optional(active_) : std::nullopt;
}

std::optional<TimeNs> TimeWindow::active_time() const {
  const auto& between = cursors_[active_.pair];
  if (!between) return std::nullopt;
  return active_.at_end ? between->end_ns : between->begin_ns;
}

void TimeWindow::set_active_cursor(Cursor cursor) {
  if (active_ == cursor) return;
  active_ = cursor;
  Q_EMIT activeCursorChanged();
}

void TimeWindow::activate_next_cursor() {
  if (!active_.at_end) return set_active_cursor({active_.pair, true});
  const std::size_t other = k_pairs - 1 - active_.pair;
  set_active_cursor({cursors_[other] ? other : active_.pair, false});
}

void TimeWindow::move_active_cursor(TimeNs time_ns) {
  if (!cursors_[active_.pair]) return;
  TimeRange between = *cursors_[active_.pair];
  (active_.at_end ? between.end_ns : between.begin_ns) =
      std::clamp(time_ns, limits_.begin_ns, limits_.end_ns);
  if (between.end_ns < between.begin_ns) {
    std::swap(between.begin_ns, between.end_ns);
    active_.at_end = !active_.at_end;
  }
  set_cursors(active_.pair, between);
}

}  // namespace joulemark
