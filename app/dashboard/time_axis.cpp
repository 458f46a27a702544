// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/theme.h>
#include <app/dashboard/ticks.h>
#include <app/dashboard/time_axis.h>
#include <app/models/text.h>

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_axis_height = 26;
constexpr int k_ribbon_height = 22;
constexpr std::size_t k_most_depth = 2;  // nested events have bars of their own, so deep
constexpr double k_bar_step = 2.5;

struct Span {
  double begin;
  double end;
  std::uint32_t name;
};

constexpr int k_widest_flag_px = 160;

QRectF paint_flag(QPainter& painter, double x, const QString& name, const QColor& colour, double left,
                  double right) {
  const QFontMetrics metrics(painter.font());
  const QString text = metrics.elidedText(name, Qt::ElideRight, k_widest_flag_px);
  const double width = metrics.horizontalAdvance(text) + 10;
  const double from = std::clamp(x - width / 2, left, std::max(left, right - width));
  const QRectF flag(from, 3, width, metrics.height() + 3);
  painter.fillRect(flag, colour);
  painter.setPen(theme().dark ? QColor(0x0b0e12) : QColor(0xffffff));
  painter.drawText(flag, Qt::AlignCenter, text);
  return flag;
}

// Arrows on both sides of the flag that keys move.
void paint_active(QPainter& painter, const QRectF& flag) {
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme().text);
  for (const double side : {-1.0, 1.0}) {
    const QPointF tip((side < 0 ? flag.left() : flag.right()) + side * 7, flag.center().y());
    painter.drawPolygon(QPolygonF{tip, tip + QPointF(-side * 4, -4), tip + QPointF(-side * 4, 4)});
  }
}

}  // namespace

TimeAxis::TimeAxis(QWidget* parent) : QWidget(parent) {
  setFixedHeight(k_axis_height);
  setMouseTracking(true);
}

void TimeAxis::show_overlay(const Overlay& overlay) {
  overlay_ = overlay;
  update();
}

void TimeAxis::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().surface);
  const TimeScale scale{overlay_.range, k_gutter, 1.0 * width() - k_gutter - k_right_margin};
  const double right = scale.left + scale.width;
  painter.setFont(label_font());
  const QFontMetrics metrics(painter.font());
  const auto near_flag = [&](double x, double reach) {
    const auto near = [&](TimeNs time_ns) { return std::abs(scale.x(time_ns) - x) < reach; };
    return std::ranges::any_of(overlay_.cursors, [&](const auto& pair) {
      return pair && (near(pair->begin_ns) || near(pair->end_ns));
    });
  };
  const TimeTicks ticks = time_ticks_within(overlay_.range, scale.width);
  for (const Tick& tick : ticks.ticks) {
    const double x = scale.x(static_cast<TimeNs>(tick.at));
    painter.setPen(theme().line);
    painter.drawLine(QPointF(x, 0), QPointF(x, 4));
    painter.setPen(theme().muted);
    const double wide = metrics.horizontalAdvance(tick.text);
    if (x - wide / 2 < k_gutter - 10 || x + wide / 2 > width() || near_flag(x, wide / 2 + 12)) continue;
    painter.drawText(QRectF(x - wide / 2 - 2, 6, wide + 4, metrics.height()), Qt::AlignCenter, tick.text);
  }
  painter.setPen(theme().muted);
  painter.drawText(QRectF(10, 6, k_gutter - 18, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                   si_text(overlay_.range.seconds(), "s", 3));
  for (const auto& [time_ns, name] : overlay_.instants) {
    const double x = scale.x(time_ns);
    if (x >= scale.left && x <= right) paint_flag(painter, x, name, theme().warning, scale.left, right);
  }
  for (std::size_t pair = 0; pair < overlay_.cursors.size(); ++pair) {
    if (!overlay_.cursors[pair]) continue;
    const QColor colour = pair == 0 ? theme().cursor : theme().second_cursor;
    const double a = scale.x(overlay_.cursors[pair]->begin_ns);
    const double b = scale.x(overlay_.cursors[pair]->end_ns);
    for (const bool at_end : {false, true}) {
      const double x = at_end ? b : a;
      const auto letter = static_cast<char16_t>(u'A' + 2 * pair + (at_end ? 1 : 0));
      if (x < scale.left || x > right) continue;
      const QRectF flag = paint_flag(painter, x, QString(QChar(letter)), colour, scale.left, right);
      if (overlay_.active == TimeWindow::Cursor{pair, at_end}) paint_active(painter, flag);
    }
  }
}

EventRibbon::EventRibbon(QWidget* parent) : QWidget(parent) {
  setFixedHeight(k_ribbon_height);
  setMouseTracking(true);
}

void EventRibbon::set_names(std::vector<QString> names) {
  names_ = std::move(names);
  update();
}

void EventRibbon::show_overlay(const Overlay& overlay) {
  overlay_ = overlay;
  update();
}

void EventRibbon::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().surface);
  const TimeScale scale{overlay_.range, k_gutter, 1.0 * width() - k_gutter - k_right_margin};
  painter.setFont(label_font());
  const QFontMetrics metrics(painter.font());
  painter.setPen(theme().muted);
  painter.drawText(QRectF(10, 0, k_gutter - 18, height()), Qt::AlignLeft | Qt::AlignVCenter,
                   QCoreApplication::translate("EventRibbon", "Events"));
  std::vector<Span> spans;
  for_visible_events(overlay_, scale, [&](double x, double width, std::uint32_t name) {
    spans.push_back({x, x + width, name});
  });
  std::vector<int> advances;
  for (const QString& name : names_)
    advances.push_back(metrics.horizontalAdvance(name));
  std::vector<double> open;  // ends of the events around
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const Span& span = spans[i];
    std::erase_if(open, [&](double end) { return end <= span.begin + 1.5; });  // a pixel is not nesting
    const auto depth = static_cast<double>(std::min(open.size(), k_most_depth));
    open.push_back(span.end);
    const QColor fill = event_colour(overlay_, span.name);
    painter.fillRect(QRectF(span.begin, 2 + k_bar_step * depth, span.end - span.begin, 2), fill);
    // A name has room until the next event begins within.
    const double end = i + 1 < spans.size() ? std::min(span.end, spans[i + 1].begin) : span.end;
    if (span.name >= names_.size() || advances[span.name] + 6 > end - span.begin) continue;
    const QString& text = names_[span.name];
    painter.setPen(fill);
    painter.drawText(QRectF(span.begin + 3, 6, end - span.begin - 4, height() - 6),
                     Qt::AlignLeft | Qt::AlignVCenter, text);
  }
}

}  // namespace joulemark
