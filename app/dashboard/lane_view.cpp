// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/lane_view.h>
#include <app/dashboard/theme.h>

#include <QCoreApplication>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr int k_lane_height = 20;
constexpr int k_least_lanes = 4;    // that stay in sight in the lowest window
constexpr int k_edge = 4;           // above the first and under the last
constexpr int k_most_between = 8;   // from the level of a lane to that of the next
constexpr int k_least_between = 4;  // where they are thin
constexpr int k_busy_alpha = 110;

}  // namespace

LaneView::LaneView(QWidget* parent) : QWidget(parent), bar_(new QScrollBar(Qt::Vertical, this)) {
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
  setAccessibleName(QCoreApplication::translate("LaneView", "Digital lines"));
  bar_->setAccessibleName(QCoreApplication::translate("LaneView", "Further digital lines"));
  QObject::connect(bar_, &QScrollBar::valueChanged, this, [this] { update(); });
  set_lanes({});
}

void LaneView::set_lanes(std::vector<Lane> lanes) {
  lanes_ = std::move(lanes);
  ask_for_height();
}

void LaneView::set_room(int height) {
  if (height == room_) return;
  room_ = height;
  ask_for_height();
}

std::size_t LaneView::columns_wanted() const {
  return static_cast<std::size_t>(std::max(1.0, (width() - k_gutter - k_right_margin) * devicePixelRatioF()));
}

void LaneView::show_columns(std::vector<std::vector<LaneColumn>> columns, const Overlay& overlay) {
  columns_ = std::move(columns);
  show_overlay(overlay);
}

void LaneView::show_overlay(const Overlay& overlay) {
  overlay_ = overlay;
  update();
}

int LaneView::least_lane_height() const {
  return std::min(k_lane_height, QFontMetrics(label_font()).ascent());  // few names have descenders
}

int LaneView::lane_height() const {
  const int fitting = (height() - 2 * k_edge) / std::max(1, static_cast<int>(lanes_.size()));
  return std::clamp(fitting, least_lane_height(), k_lane_height);
}

int LaneView::height_of(int lane_height) const {
  return lanes_.empty() ? 0 : static_cast<int>(lanes_.size()) * lane_height + 2 * k_edge;
}

QSize LaneView::sizeHint() const {
  const int least = minimumSizeHint().height();
  return {k_gutter, std::max(least, std::min(height_of(k_lane_height), room_))};
}

QSize LaneView::minimumSizeHint() const {
  return {0, std::min(height_of(least_lane_height()), k_least_lanes * least_lane_height() + 2 * k_edge)};
}

void LaneView::ask_for_height() {
  setMaximumHeight(height_of(k_lane_height));
  updateGeometry();
  place_bar();
}

void LaneView::place_bar() {
  const int beyond = std::max(0, height_of(lane_height()) - height());
  bar_->setRange(0, beyond);
  bar_->setPageStep(height());
  bar_->setSingleStep(lane_height());
  bar_->setGeometry(width() - k_right_margin, 0, k_right_margin, height());
  bar_->setVisible(beyond > 0);
  update();
}

void LaneView::resizeEvent(QResizeEvent*) {
  place_bar();
}

void LaneView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::FontChange) ask_for_height();
}

bool LaneView::scrolls_at(QPointF place) const {
  return bar_->maximum() > 0 && (place.x() < k_gutter || place.x() >= width() - k_right_margin);
}

void LaneView::wheelEvent(QWheelEvent* event) {
  constexpr double k_lanes_per_notch = 2;
  const double notches = event->angleDelta().y() / 120.0;
  bar_->setValue(bar_->value() - static_cast<int>(std::lround(notches * k_lanes_per_notch * lane_height())));
  event->accept();
}

QRectF LaneView::lane_area(std::size_t lane) const {
  const double top = k_edge + static_cast<double>(lane) * lane_height() - bar_->value();
  return {k_gutter, top, std::max(1.0, 1.0 * width() - k_gutter - k_right_margin), 1.0 * lane_height()};
}

QRectF LaneView::drawn_area(std::size_t lane) const {
  const double between = std::clamp(lane_height() - 12, k_least_between, k_most_between);
  return lane_area(lane).adjusted(0, between / 2, 0, -between / 2);
}

QColor LaneView::colour_of(std::size_t lane) const {
  const int event = lanes_[lane].event;
  return event >= 0 ? theme().event(static_cast<std::size_t>(event)) : theme().lane();
}

void LaneView::paint_events(QPainter& painter, std::size_t lane, const TimeScale& scale) const {
  if (!lanes_[lane].event_apart || lanes_[lane].event < 0) return;
  const auto name = static_cast<std::uint32_t>(lanes_[lane].event);
  const QRectF area = drawn_area(lane);
  QColor fill = event_colour(overlay_, name);
  fill.setAlpha(k_busy_alpha);
  for_visible_events(
      overlay_, scale,
      [&](double x, double width, std::uint32_t) {
        painter.fillRect(QRectF(x, area.top(), width, area.height()), fill);
      },
      name);
}

void LaneView::paint_levels(QPainter& painter, std::size_t lane) const {
  if (lane / k_most_lanes >= columns_.size()) return;
  const std::vector<LaneColumn>& columns = columns_[lane / k_most_lanes];
  const QRectF area = drawn_area(lane);
  const bool line = lanes_[lane].event_apart;
  const QColor colour = colour_of(lane);
  QColor solid = colour;
  solid.setAlpha(line ? 255 : 170);
  QColor busy = colour;
  busy.setAlpha(k_busy_alpha);
  const std::uint32_t bit = std::uint32_t{1} << lane % k_most_lanes;
  const double step = area.width() / static_cast<double>(std::max<std::size_t>(columns.size(), 1));
  const auto kind = [&](std::size_t i) {
    return ((columns[i].high & bit) != 0 ? 2 : 0) + ((columns[i].low & bit) != 0 ? 1 : 0);
  };
  if (is_unknown(lane)) return paint_unknown(painter, area);
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first + 1;
    while (last < columns.size() && kind(last) == kind(first))
      ++last;
    const QRectF run(area.left() + static_cast<double>(first) * step, area.top(),
                     static_cast<double>(last - first) * step, area.height());
    if (kind(first) == 1) painter.fillRect(QRectF(run.left(), run.bottom() - 1, run.width(), 1), colour);
    if (kind(first) == 2)
      painter.fillRect(QRectF(run.topLeft(), QSizeF(run.width(), line ? 1 : run.height())), solid);
    if (kind(first) == 3) painter.fillRect(run, last - first > 1 ? busy : solid);
    first = last;
  }
}

bool LaneView::is_unknown(std::size_t lane) const {
  if (lane >= lanes_.size() || lane / k_most_lanes >= columns_.size()) return false;
  const std::vector<LaneColumn>& columns = columns_[lane / k_most_lanes];
  return !columns.empty() && std::ranges::none_of(columns, [&](const LaneColumn& column) {
    return ((column.high | column.low) >> lane % k_most_lanes & 1) != 0;
  });
}

void LaneView::paint_unknown(QPainter& painter, const QRectF& area) {
  painter.setPen(theme().muted);
  painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                   QCoreApplication::translate("LaneView", "unknown"));
}

void LaneView::paint_name(QPainter& painter, std::size_t lane) const {
  const QRectF area = lane_area(lane);
  const QRectF label(10, area.top(), k_gutter - 18, area.height());
  painter.setPen(theme().muted);
  painter.drawText(
      label, Qt::AlignLeft | Qt::AlignVCenter,
      painter.fontMetrics().elidedText(lanes_[lane].name, Qt::ElideRight, static_cast<int>(label.width())));
}

void LaneView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().surface);
  const QRectF plot(k_gutter, k_edge, width() - k_gutter - k_right_margin, height() - 2 * k_edge);
  const TimeScale scale{overlay_.range, plot.left(), plot.width()};
  painter.setFont(label_font());
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    const QRectF area = lane_area(lane);
    if (area.bottom() < 0 || area.top() > height()) continue;
    paint_events(painter, lane, scale);
    paint_levels(painter, lane);
    paint_name(painter, lane);
  }
  paint_gaps(painter, overlay_.gaps, scale, plot);
  paint_cursor_lines(painter, overlay_, scale, plot);
}

}  // namespace joulemark
