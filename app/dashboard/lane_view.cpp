// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/lane_view.h>
#include <app/dashboard/theme.h>

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_lane_height = 20;
constexpr int k_edge = 4;  // above the first and under the last

}  // namespace

LaneView::LaneView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setAccessibleName(QCoreApplication::translate("LaneView", "Digital lines"));
  set_lanes({});
}

void LaneView::set_lanes(std::vector<Lane> lanes) {
  lanes_ = std::move(lanes);
  setFixedHeight(lanes_.empty() ? 0 : static_cast<int>(lanes_.size()) * k_lane_height + 2 * k_edge);
  update();
}

std::size_t LaneView::columns_wanted() const {
  return static_cast<std::size_t>(std::max(1.0, (width() - k_gutter - k_right_margin) * devicePixelRatioF()));
}

void LaneView::show_columns(std::vector<LaneColumn> columns, const Overlay& overlay) {
  columns_ = std::move(columns);
  show_overlay(overlay);
}

void LaneView::show_overlay(const Overlay& overlay) {
  overlay_ = overlay;
  update();
}

void LaneView::paint_lane(QPainter& painter, std::size_t lane) const {
  const double top = k_edge + static_cast<double>(lane) * k_lane_height + 4;
  const double height = k_lane_height - 8;
  const QColor colour =
      lanes_[lane].event >= 0 ? theme().event(static_cast<std::size_t>(lanes_[lane].event)) : theme().lane();
  QColor fill = colour;
  fill.setAlpha(170);
  QColor busy = colour;
  busy.setAlpha(110);
  const std::uint32_t bit = std::uint32_t{1} << lane;
  const double step =
      (width() - k_gutter - k_right_margin) / static_cast<double>(std::max<std::size_t>(columns_.size(), 1));
  const auto kind = [&](std::size_t i) {
    return ((columns_[i].high & bit) != 0 ? 2 : 0) + ((columns_[i].low & bit) != 0 ? 1 : 0);
  };
  for (std::size_t first = 0; first < columns_.size();) {
    std::size_t last = first + 1;
    while (last < columns_.size() && kind(last) == kind(first))
      ++last;
    const QRectF run(k_gutter + static_cast<double>(first) * step, top,
                     static_cast<double>(last - first) * step, height);
    if (kind(first) == 1) painter.fillRect(QRectF(run.left(), run.bottom() - 1, run.width(), 1), colour);
    if (kind(first) == 2) painter.fillRect(run, fill);
    if (kind(first) == 3) painter.fillRect(run, last - first > 1 ? busy : fill);
    first = last;
  }
}

void LaneView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().surface);
  const QRectF plot(k_gutter, k_edge, width() - k_gutter - k_right_margin, height() - 2 * k_edge);
  const TimeScale scale{overlay_.range, plot.left(), plot.width()};
  painter.setFont(label_font());
  for (std::size_t lane = 0; lane < std::min(lanes_.size(), k_most_lanes); ++lane) {
    paint_lane(painter, lane);
    const QRectF label(10, k_edge + static_cast<double>(lane) * k_lane_height, k_gutter - 18, k_lane_height);
    painter.setPen(theme().muted);
    painter.drawText(
        label, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(lanes_[lane].name, Qt::ElideRight, static_cast<int>(label.width())));
  }
  paint_gaps(painter, overlay_.gaps, scale, plot);
  paint_cursor_lines(painter, overlay_, scale, plot);
}

}  // namespace joulemark
