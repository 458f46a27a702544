// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/time_window.h>

#include <algorithm>
#include <cmath>

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
  cursors_[pair] = between;
  Q_EMIT cursorsChanged(pair);
}

}  // namespace joulemark
