// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QGraphicsItem>
#include <QImage>
#include <vector>

namespace joulemark {

// The min/max band of a pane: one upright line a pixel column, painted into an image and shown as one item,
// since a polygon of thousands of points collapses on noisy data.
class BandItem final : public QGraphicsItem {
 public:
  struct Line {  // in pixels from the top of the area; top > bottom: nothing
    int top = 1;
    int bottom = 0;
  };

  using QGraphicsItem::QGraphicsItem;

  void set_area(const QRectF& area);
  // One line a device pixel across the area.
  void set_lines(const std::vector<Line>& lines, const QColor& colour, double device_ratio);

  [[nodiscard]] QRectF boundingRect() const override { return area_; }
  void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

 private:
  QRectF area_;
  QImage image_;
};

}  // namespace joulemark
