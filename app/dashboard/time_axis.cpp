// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/theme.h>
#include <app/dashboard/ticks.h>
#include <app/dashboard/time_axis.h>
#include <app/models/text.h>

#include <QCoreApplication>
#include <QPainter>
#include <QTextOption>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_axis_height = 42;
constexpr double k_first_row = 6;
constexpr double k_first_flag = 3;
constexpr double k_second_row = 23;
constexpr double k_flag_reach = 12;  // to both sides of a cursor
constexpr int k_widest_flag_px = 160;
constexpr int k_ribbon_height = 22;
constexpr std::size_t k_most_depth = 2;  // nested events have bars of their own, so deep
constexpr double k_bar_step = 2.5;

struct Span {
  double begin;
  double end;
  std::uint32_t name;
};

// Beside its time as far as both ends let it.
QRectF flag_place(double x, double top, const QString& text, const TimeScale& scale) {
  const QFontMetrics metrics(label_font());
  const double width = metrics.horizontalAdvance(text) + 10;
  const double right = scale.left + scale.width;
  const double from = std::clamp(x - width / 2, scale.left, std::max(scale.left, right - width));
  return {from, top, width, metrics.height() + 2.0};
}

QColor flag_colour(TimeAxis::Label::Kind kind) {
  if (kind == TimeAxis::Label::Kind::marker) return theme().warning;
  return kind == TimeAxis::Label::Kind::first_cursor ? theme().cursor : theme().second_cursor;
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

TimeScale TimeAxis::scale() const {
  return {overlay_.range, k_gutter, 1.0 * width() - k_gutter - k_right_margin};
}

// Those that a cursor's flag would cover are left out, but for the first of all times: it has the gutter.
void TimeAxis::add_ticks(std::vector<Label>& labels) const {
  const QFontMetrics metrics(label_font());
  const auto near_flag = [&](double x, double reach) {
    const auto near = [&](TimeNs time_ns) { return std::abs(scale().x(time_ns) - x) < reach; };
    return std::ranges::any_of(overlay_.cursors, [&](const auto& pair) {
      return pair && (near(pair->begin_ns) || near(pair->end_ns));
    });
  };
  for (const Tick& tick : time_ticks_within(overlay_.range, scale().width).ticks) {
    const double wide = metrics.horizontalAdvance(tick.text) + 4;
    double x = std::min(scale().x(static_cast<TimeNs>(tick.at)), width() - wide / 2);
    if (near_flag(x, wide / 2 + k_flag_reach)) {
      if (tick.at != 0) continue;
      x = scale().left - k_flag_reach - wide / 2;
    }
    labels.push_back({{x - wide / 2, k_first_row, wide, 1.0 * metrics.height()}, tick.text});
  }
}

void TimeAxis::add_markers(std::vector<Label>& labels) const {
  const QFontMetrics metrics(label_font());
  for (const auto& [time_ns, name] : overlay_.instants) {
    if (time_ns < overlay_.range.begin_ns || time_ns > overlay_.range.end_ns) continue;
    const QString text = metrics.elidedText(name, Qt::ElideRight, k_widest_flag_px);
    labels.push_back(
        {flag_place(scale().x(time_ns), k_second_row, text, scale()), text, Label::Kind::marker});
  }
}

void TimeAxis::add_cursors(std::vector<Label>& labels) const {
  for (std::size_t pair = 0; pair < overlay_.cursors.size(); ++pair) {
    if (!overlay_.cursors[pair]) continue;
    for (const bool at_end : {false, true}) {
      const TimeNs at = at_end ? overlay_.cursors[pair]->end_ns : overlay_.cursors[pair]->begin_ns;
      if (at < overlay_.range.begin_ns || at > overlay_.range.end_ns) continue;
      const QString letter(QChar(static_cast<char16_t>(u'A' + 2 * pair + (at_end ? 1 : 0))));
      labels.push_back({flag_place(scale().x(at), k_first_flag, letter, scale()), letter,
                        pair == 0 ? Label::Kind::first_cursor : Label::Kind::second_cursor,
                        overlay_.active == TimeWindow::Cursor{pair, at_end}});
    }
  }
}

std::vector<TimeAxis::Label> TimeAxis::labels() const {
  std::vector<Label> labels;
  add_ticks(labels);
  const QString span =
      QCoreApplication::translate("TimeAxis", "span %1").arg(si_text(overlay_.range.seconds(), "s", 3));
  labels.push_back({{10, k_second_row, k_gutter - 14, QFontMetrics(label_font()).height() + 2.0},
                    span,
                    Label::Kind::span});
  add_markers(labels);
  add_cursors(labels);
  return labels;
}

// Of ticks, and of markers down to their flags.
void TimeAxis::paint_stems(QPainter& painter) const {
  painter.setPen(theme().line);
  for (const Tick& tick : time_ticks_within(overlay_.range, scale().width).ticks) {
    const double x = scale().x(static_cast<TimeNs>(tick.at));
    painter.drawLine(QPointF(x, 0), QPointF(x, 4));
  }
  painter.setPen(theme().warning);
  for (const auto& [time_ns, name] : overlay_.instants) {
    const double x = scale().x(time_ns);
    if (time_ns >= overlay_.range.begin_ns && time_ns <= overlay_.range.end_ns)
      painter.drawLine(QPointF(x, 0), QPointF(x, k_second_row));
  }
}

void TimeAxis::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().surface);
  painter.setFont(label_font());
  paint_stems(painter);
  for (const Label& label : labels()) {
    const bool flag = label.kind != Label::Kind::tick && label.kind != Label::Kind::span;
    if (flag) painter.fillRect(label.place, flag_colour(label.kind));
    const QColor on_flag = theme().dark ? QColor(0x0b0e12) : QColor(0xffffff);
    painter.setPen(flag ? on_flag : theme().muted);
    const Qt::Alignment side = label.kind == Label::Kind::span ? Qt::AlignLeft : Qt::AlignHCenter;
    painter.drawText(label.place, label.text, QTextOption(side | Qt::AlignVCenter));
    if (label.active) paint_active(painter, label.place);
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
