// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/partition.h>
#include <analysis/model/stretches.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace joulemark {
namespace {

enum class PointKind : std::uint8_t { guard_begin, begin, end, guard_end, doubt_begin, doubt_end };

struct Point {
  TimeNs time_ns = 0;
  std::uint32_t event = 0;
  PointKind kind = PointKind::begin;
};

std::vector<Point> collect_points(const Timeline& timeline, std::span<const Guard> guards) {
  std::vector<Point> points;
  points.reserve(timeline.events.size() * 4);
  for (std::uint32_t i = 0; i < timeline.events.size(); ++i) {
    const Event& event = timeline.events[i];
    const TimeRange guarded = guards[event.name].around(event.time);
    points.push_back({guarded.begin_ns, i, PointKind::guard_begin});
    points.push_back({event.time.begin_ns, i, PointKind::begin});
    points.push_back({event.time.end_ns, i, PointKind::end});
    points.push_back({guarded.end_ns, i, PointKind::guard_end});
  }
  for (const Doubt& doubt : timeline.doubts) {
    const TimeRange guarded = guards[doubt.name].around(doubt.time);
    points.push_back({guarded.begin_ns, 0, PointKind::guard_begin});
    points.push_back({doubt.time.begin_ns, 0, PointKind::doubt_begin});
    points.push_back({doubt.time.end_ns, 0, PointKind::doubt_end});
    points.push_back({guarded.end_ns, 0, PointKind::guard_end});
  }
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.event < b.event;
  });
  return points;
}

// The events open at the sweep's instant, and their label.
class OpenEvents {
 public:
  OpenEvents(const Timeline& timeline, std::vector<std::string>& labels)
      : timeline_(timeline), labels_(labels) {}

  void apply(const Point& point) {
    if (point.kind == PointKind::guard_begin) ++guards_;
    if (point.kind == PointKind::guard_end) --guards_;
    if (point.kind == PointKind::doubt_begin) ++doubts_;
    if (point.kind == PointKind::doubt_end) --doubts_;
    if (point.kind == PointKind::begin) {
      open_.insert(std::upper_bound(open_.begin(), open_.end(), point.event), point.event);
    }
    if (point.kind == PointKind::end) open_.erase(std::find(open_.begin(), open_.end(), point.event));
  }

  [[nodiscard]] std::uint32_t label() {
    if (open_.empty() && doubts_ > 0) return k_doubt_label;
    if (open_.empty()) return guards_ > 0 ? k_guard_label : k_idle_label;
    if (open_.size() == 1) return k_first_event_label + name_of_event(open_.front());
    return label_of_innermost();
  }

  [[nodiscard]] std::uint32_t label_of(std::vector<std::uint32_t> names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names.size() == 1 ? k_first_event_label + names.front() : overlap_label(names);
  }

 private:
  [[nodiscard]] std::uint32_t name_of_event(std::uint32_t event) const {
    return timeline_.events[event].name;
  }

  // Events later in the list begin later (or end earlier): one of them that also ends no later lies within,
  // unless both windows are the same.
  std::uint32_t label_of_innermost() {
    std::vector<std::uint32_t> names;
    TimeRange inner{std::numeric_limits<TimeNs>::max(), std::numeric_limits<TimeNs>::max()};
    for (auto event = open_.rbegin(); event != open_.rend(); ++event) {
      const TimeRange time = timeline_.events[*event].time;
      if (time.end_ns >= inner.end_ns && time != inner) continue;
      names.push_back(name_of_event(*event));
      inner = time;
    }
    return label_of(std::move(names));
  }

  std::uint32_t overlap_label(const std::vector<std::uint32_t>& names) {
    const auto [entry, added] = overlaps_.try_emplace(names, static_cast<std::uint32_t>(labels_.size()));
    if (added) {
      std::string text;
      for (const std::uint32_t name : names)
        text += (text.empty() ? "" : "+") + timeline_.names[name].name;
      labels_.push_back(std::move(text));
    }
    return entry->second;
  }

  const Timeline& timeline_;
  std::vector<std::string>& labels_;
  std::vector<std::uint32_t> open_;  // sorted: by begin, of equal ones the longer first
  std::int64_t guards_ = 0;
  std::int64_t doubts_ = 0;
  std::map<std::vector<std::uint32_t>, std::uint32_t> overlaps_;
};

// Equal windows are neighbours in the list.
std::vector<std::uint32_t> labels_of_events(const Timeline& timeline, OpenEvents& labels) {
  const auto& events = timeline.events;
  std::vector<std::uint32_t> list;
  for (std::size_t i = 0; i < events.size(); i = list.size()) {
    std::vector<std::uint32_t> names;
    for (std::size_t same = i; same < events.size() && events[same].time == events[i].time; ++same)
      names.push_back(events[same].name);
    list.insert(list.end(), names.size(), labels.label_of(names));
  }
  return list;
}

}  // namespace

Partition partition_time(const Timeline& timeline, std::span<const Guard> guards, TimeRange span) {
  Partition partition;
  partition.labels = {"idle", "guard", "doubt", "clipped"};
  for (const EventName& name : timeline.names)
    partition.labels.push_back(name.name);
  OpenEvents open(timeline, partition.labels);
  TimeNs from_ns = span.begin_ns;
  const auto add_until = [&](TimeNs to_ns) {
    to_ns = std::min(to_ns, span.end_ns);
    if (to_ns <= from_ns) return;
    const std::uint32_t label = open.label();
    auto& segments = partition.segments;
    if (!segments.empty() && segments.back().label == label) {
      segments.back().time.end_ns = to_ns;
    } else {
      segments.push_back({{from_ns, to_ns}, label});
    }
    from_ns = to_ns;
  };
  for (const Point& point : collect_points(timeline, guards)) {
    add_until(point.time_ns);
    open.apply(point);
  }
  add_until(span.end_ns);
  partition.event_labels = labels_of_events(timeline, open);
  return partition;
}

void leave_out_clipped(std::span<const TimeRange> clipped, Partition& partition) {
  std::vector<Segment> segments;
  segments.reserve(partition.segments.size() + 2 * clipped.size());
  const auto add = [&](TimeNs begin_ns, TimeNs end_ns, std::uint32_t label) {
    if (end_ns > begin_ns) segments.push_back({{begin_ns, end_ns}, label});
  };
  auto next = clipped.begin();
  for (const Segment& segment : partition.segments) {
    const TimeRange time = segment.time;
    while (next != clipped.end() && next->end_ns <= time.begin_ns)
      ++next;
    TimeNs from_ns = time.begin_ns;
    for (auto it = next; segment.label == k_idle_label && it != clipped.end() && it->begin_ns < time.end_ns;
         ++it) {
      const TimeNs begin_ns = std::max(it->begin_ns, from_ns);
      const TimeNs end_ns = std::min(it->end_ns, time.end_ns);
      add(from_ns, begin_ns, k_idle_label);
      add(begin_ns, end_ns, k_clipped_label);
      from_ns = end_ns;
    }
    add(from_ns, time.end_ns, segment.label);
  }
  partition.segments = std::move(segments);
}

std::vector<bool> find_isolated(const Timeline& timeline, std::span<const Guard> guards) {
  const auto& events = timeline.events;
  std::vector<bool> isolated(events.size(), true);
  const auto guarded = [&](const Event& event) { return guards[event.name].around(event.time); };
  // Those that begin earlier: the furthest any of their guards reaches.
  TimeNs reach_ns = std::numeric_limits<TimeNs>::min();
  for (std::size_t i = 0; i < events.size();) {
    std::size_t same = i;
    for (; same < events.size() && events[same].time.begin_ns == events[i].time.begin_ns; ++same) {
      if (reach_ns > guarded(events[same]).begin_ns) isolated[same] = false;
    }
    for (; i < same; ++i)
      reach_ns = std::max(reach_ns, guarded(events[i]).end_ns);
  }
  // Those that end later: the earliest any of their guards begins.
  std::vector<std::size_t> by_end(events.size());
  std::iota(by_end.begin(), by_end.end(), std::size_t{0});
  std::sort(by_end.begin(), by_end.end(),
            [&](std::size_t a, std::size_t b) { return events[a].time.end_ns > events[b].time.end_ns; });
  reach_ns = std::numeric_limits<TimeNs>::max();
  for (std::size_t i = 0; i < by_end.size();) {
    const TimeNs end_ns = events[by_end[i]].time.end_ns;
    std::size_t same = i;
    for (; same < by_end.size() && events[by_end[same]].time.end_ns == end_ns; ++same) {
      if (reach_ns < guarded(events[by_end[same]]).end_ns) isolated[by_end[same]] = false;
    }
    for (; i < same; ++i)
      reach_ns = std::min(reach_ns, guarded(events[by_end[i]]).begin_ns);
  }
  std::vector<TimeRange> doubts;
  for (const Doubt& doubt : timeline.doubts)
    doubts.push_back(doubt.time);
  doubts = merge_stretches(std::move(doubts));
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (touches(doubts, guarded(events[i]))) isolated[i] = false;
  }
  return isolated;
}

}  // namespace joulemark
