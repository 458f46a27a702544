// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/overlay.h>
#include <app/dashboard/theme.h>

#include <QPainter>
#include <algorithm>

namespace joulemark {
namespace {

constexpr double k_least_hatch_px = 3;

}  // namespace

QColor event_colour(const Overlay& overlay, std::uint32_t name) {
  return overlay.stale ? theme().muted : theme().event(name);
}

std::vector<Gap> visible_gaps(const std::vector<TimeRange>& gaps, TimeRange range, double pixels) {
  const auto pixel_ns =
      std::max<TimeNs>(1, std::llround(static_cast<double>(range.length_ns()) / std::max(1.0, pixels)));
  std::vector<Gap> visible;
  auto gap = std::ranges::lower_bound(gaps, range.begin_ns, {}, &TimeRange::end_ns);
  while (gap != gaps.end() && gap->begin_ns < range.end_ns) {
    Gap joined{*gap++};
    const auto near = [&] {
      return std::ranges::lower_bound(gap, gaps.end(), joined.time.end_ns + pixel_ns, {},
                                      &TimeRange::begin_ns);
    };
    for (auto next = near(); next != gap && joined.time.end_ns < range.end_ns; next = near()) {
      joined = {{joined.time.begin_ns, std::prev(next)->end_ns}, false};
      gap = next;
    }
    visible.push_back(joined);
  }
  return visible;
}

void paint_gaps(QPainter& painter, const std::vector<Gap>& gaps, const TimeScale& scale, const QRectF& plot) {
  QColor hatch = theme().lost;
  hatch.setAlpha(150);
  for (const Gap& gap : gaps) {
    if (gap.time.end_ns < scale.range.begin_ns || gap.time.begin_ns > scale.range.end_ns) continue;
    const double x0 = std::max(scale.x(gap.time.begin_ns), plot.left());
    const double end = scale.x(gap.time.end_ns);
    const double x1 = std::min(std::max(end, x0 + k_least_hatch_px), plot.right());
    if (x1 <= x0) continue;
    const QRectF where(x0, plot.top(), x1 - x0, plot.height());
    if (gap.whole && end - x0 >= 1)
      painter.fillRect(QRectF(x0, plot.top(), std::min(end, x1) - x0, plot.height()), theme().surface);
    painter.fillRect(where, QBrush(hatch, Qt::BDiagPattern));
  }
}

void paint_cursor_lines(QPainter& painter, const Overlay& overlay, const TimeScale& scale,
                        const QRectF& plot) {
  for (std::size_t pair = 0; pair < overlay.cursors.size(); ++pair) {
    if (!overlay.cursors[pair]) continue;
    const QColor colour = pair == 0 ? theme().cursor : theme().second_cursor;
    QColor between = pair == 0 ? theme().accent : theme().second_cursor;
    between.setAlpha(theme().dark ? 22 : 26);
    const double a = scale.x(overlay.cursors[pair]->begin_ns);
    const double b = scale.x(overlay.cursors[pair]->end_ns);
    const QRectF span = QRectF(std::min(a, b), plot.top(), std::abs(b - a), plot.height()).intersected(plot);
    if (!span.isEmpty()) painter.fillRect(span, between);
    for (const bool at_end : {false, true}) {
      const double x = at_end ? b : a;
      const double width = overlay.active == TimeWindow::Cursor{pair, at_end} ? 2 : 1;
      painter.setPen(QPen(colour, width, pair == 0 ? Qt::SolidLine : Qt::DashLine));
      if (x >= plot.left() && x <= plot.right())
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    }
  }
  if (!overlay.selecting) return;
  QColor fill = theme().accent;
  fill.setAlpha(45);
  const double a = scale.x(overlay.selecting->begin_ns);
  const double b = scale.x(overlay.selecting->end_ns);
  painter.fillRect(QRectF(std::min(a, b), plot.top(), std::abs(b - a), plot.height()).intersected(plot),
                   fill);
}

}  // namespace joulemark
