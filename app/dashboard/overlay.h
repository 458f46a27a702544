// SPDX-License-Identifier: GPL-3.0-or-later
// What lies over every pane alike, and where time is across the window.
#pragma once

#include <analysis/model/time.h>

#include <app/models/time_window.h>

#include <QColor>
#include <QRectF>
#include <QString>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

class QPainter;

namespace joulemark {

struct EventSpan {
  TimeRange time;
  std::uint32_t name = 0;
};

struct Gap {
  TimeRange time;
  bool whole = true;  // false: several short ones with samples between
};

struct Overlay {
  TimeRange range;                // shown
  std::vector<EventSpan> events;  // that are visible, by begin
  bool stale = false;             // the events are of other rules than those that are shown
  std::vector<Gap> gaps;          // that are visible
  std::vector<std::pair<TimeNs, QString>> instants;
  std::array<std::optional<TimeRange>, 2> cursors;
  std::optional<TimeWindow::Cursor> active;  // that keys move
  std::optional<TimeRange> selecting;        // while the pointer draws it
};

// Panes, lanes and axis share one gutter for labels, so that time lines up.
inline constexpr int k_gutter = 96;
inline constexpr int k_right_margin = 12;

// How a stretch of time lies on a stretch of pixels.
struct TimeScale {
  TimeRange range;
  double left = 0;
  double width = 1;

  [[nodiscard]] double x(TimeNs time_ns) const {
    return left +
           width * static_cast<double>(time_ns - range.begin_ns) / static_cast<double>(range.length_ns());
  }
  [[nodiscard]] TimeNs time(double x) const {
    return range.begin_ns + std::llround((x - left) / width * static_cast<double>(range.length_ns()));
  }
};

// Calls paint(x, width, name) for each event (only: of that name), those within one pixel joined.
template <typename Paint>
void for_visible_events(const Overlay& overlay, const TimeScale& scale, const Paint& paint,
                        std::optional<std::uint32_t> only = {}) {
  double drawn_to = -1;
  for (const EventSpan& event : overlay.events) {
    if (only && event.name != *only) continue;
    const double x0 = std::max(scale.x(event.time.begin_ns), scale.left);
    const double x1 = std::min(std::max(scale.x(event.time.end_ns), x0 + 1), scale.left + scale.width);
    if (x1 <= drawn_to || x1 <= x0) continue;
    paint(x0, x1 - x0, event.name);
    if (x1 - x0 <= 1.5) drawn_to = x1;
  }
}

// Of the events of that name; muted while they are stale.
[[nodiscard]] QColor event_colour(const Overlay& overlay, std::uint32_t name);
// Those that reach into range, each at most once a pixel. gaps: in order, none overlapping.
[[nodiscard]] std::vector<Gap> visible_gaps(const std::vector<TimeRange>& gaps, TimeRange range,
                                            double pixels);
// Hatches time without samples: over all that was drawn there where nothing was measured, and so that it
// shows through where gaps are too short to be told apart.
void paint_gaps(QPainter& painter, const std::vector<Gap>& gaps, const TimeScale& scale, const QRectF& plot);
void paint_cursor_lines(QPainter& painter, const Overlay& overlay, const TimeScale& scale,
                        const QRectF& plot);

}  // namespace joulemark
