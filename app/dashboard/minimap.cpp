// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/minimap.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/value_limits.h>
#include <app/models/time_window.h>

#include <QCoreApplication>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

namespace joulemark {
namespace {

constexpr int k_height = 38;

}  // namespace

Minimap::Minimap(TimeWindow& window, QWidget* parent) : QWidget(parent), window_(window) {
  setFixedHeight(k_height);
  setAccessibleName(QCoreApplication::translate("Minimap", "The whole recording"));
  setToolTip(
      QCoreApplication::translate("Minimap", "The whole recording; the lit part is what is shown below"));
}

QRectF Minimap::plot() const {
  return {k_gutter, 5, std::max(10.0, 1.0 * width() - k_gutter - k_right_margin), height() - 10.0};
}

std::size_t Minimap::columns_wanted() const {
  return static_cast<std::size_t>(plot().width());
}

void Minimap::show_columns(std::vector<ViewColumn> columns, Quantity quantity,
                           const std::vector<TimeRange>& gaps) {
  columns_ = std::move(columns);
  quantity_ = quantity;
  gaps_ = visible_gaps(gaps, window_.limits(), plot().width());
  update();
}

void Minimap::paint_columns(QPainter& painter) const {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const ViewColumn& column : columns_) {
    if (column.count == 0) continue;
    least = std::fmin(least, column.min);
    most = std::fmax(most, column.max);
  }
  if (!std::isfinite(most - least)) return;
  const auto [low, high] = limits_around(least, most);
  const QRectF area = plot().adjusted(0, 2, 0, -2);  // off the frame of what is lit
  const auto y = [&, base = low, span = high - low](double value) {
    return area.bottom() - area.height() * (value - base) / span;
  };
  const double step = area.width() / static_cast<double>(columns_.size());
  QColor band = theme().quantity(quantity_);
  QColor mean = band;
  band.setAlpha(110);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].count == 0) continue;
    const double x = area.left() + static_cast<double>(i) * step;
    painter.fillRect(
        QRectF(x, y(columns_[i].max), step, std::max(1.0, y(columns_[i].min) - y(columns_[i].max))), band);
    painter.fillRect(QRectF(x, y(columns_[i].mean), step, 1), mean);
  }
}

void Minimap::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().surface);
  painter.fillRect(plot(), theme().raised);
  paint_columns(painter);
  const TimeScale scale{window_.limits(), plot().left(), plot().width()};
  paint_gaps(painter, gaps_, scale, plot());
  const double x0 = scale.x(window_.range().begin_ns);
  const double x1 = std::max(scale.x(window_.range().end_ns), x0 + 3);
  QColor veil = theme().surface;
  veil.setAlpha(165);
  painter.fillRect(QRectF(plot().left(), plot().top(), x0 - plot().left(), plot().height()), veil);
  painter.fillRect(QRectF(x1, plot().top(), plot().right() - x1, plot().height()), veil);
  painter.setPen(QPen(theme().accent, 1));
  painter.drawRect(QRectF(x0, plot().top(), x1 - x0, plot().height()).adjusted(0, 0, -1, -1));
  painter.setFont(label_font());
  painter.setPen(theme().muted);
  painter.drawText(QRectF(10, 0, k_gutter - 18, height()), Qt::AlignLeft | Qt::AlignVCenter,
                   QCoreApplication::translate("Minimap", "Overview"));
}

void Minimap::go_to(double x) {
  const TimeScale scale{window_.limits(), plot().left(), plot().width()};
  const TimeNs middle = (window_.range().begin_ns + window_.range().end_ns) / 2;
  window_.pan(scale.time(x) - middle);
}

void Minimap::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) go_to(event->position().x());
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
  if ((event->buttons() & Qt::LeftButton) != 0) go_to(event->position().x());
}

}  // namespace joulemark
