// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/sample_source.h>

#include <app/dashboard/overlay.h>

#include <QWidget>
#include <vector>

namespace joulemark {

class TimeWindow;

// The whole capture, thin, with the visible part lit; click or drag to go there.
class Minimap final : public QWidget {
 public:
  explicit Minimap(TimeWindow& window, QWidget* parent = nullptr);

  [[nodiscard]] std::size_t columns_wanted() const;
  void show_columns(std::vector<ViewColumn> columns, Quantity quantity, const std::vector<TimeRange>& gaps);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

 private:
  [[nodiscard]] QRectF plot() const;
  void go_to(double x);
  void paint_columns(QPainter& painter) const;

  TimeWindow& window_;
  std::vector<ViewColumn> columns_;
  std::vector<Gap> gaps_;
  Quantity quantity_ = Quantity::current;
};

}  // namespace joulemark
