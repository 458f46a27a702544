// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/overlay.h>
#include <app/dashboard/theme.h>

#include <QPainter>
#include <algorithm>

namespace joulemark {

void paint_gaps(QPainter& painter, const std::vector<TimeRange>& gaps, const TimeScale& scale,
                const QRectF& plot) {
  QColor hatch = theme().lost;
  hatch.setAlpha(150);
  for (const TimeRange& gap : gaps) {
    if (gap.end_ns < scale.range.begin_ns || gap.begin_ns > scale.range.end_ns) continue;
    const double x0 = std::max(scale.x(gap.begin_ns), plot.left());
    const double x1 = std::min(std::max(scale.x(gap.end_ns), x0 + 3), plot.right());
    if (x1 <= x0) continue;
    const QRectF where(x0, plot.top(), x1 - x0, plot.height());
    painter.fillRect(where, theme().surface);
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
    painter.setPen(QPen(colour, 1, pair == 0 ? Qt::SolidLine : Qt::DashLine));
    for (const double x : {a, b}) {
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
