// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/band_item.h>

#include <QPainter>
#include <algorithm>

namespace joulemark {

void BandItem::set_area(const QRectF& area) {
  if (area == area_) return;
  prepareGeometryChange();
  area_ = area;
}

void BandItem::set_lines(const std::vector<Line>& lines, const QColor& colour, double device_ratio) {
  const QSize size(static_cast<int>(lines.size()), static_cast<int>(area_.height() * device_ratio));
  if (image_.size() != size) image_ = QImage(size, QImage::Format_ARGB32_Premultiplied);
  image_.setDevicePixelRatio(device_ratio);
  image_.fill(Qt::transparent);
  const QRgb pixel = qPremultiply(colour.rgba());
  auto* const pixels = reinterpret_cast<QRgb*>(image_.bits());
  const qsizetype stride = image_.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
  for (int x = 0; x < image_.width(); ++x) {
    const Line& line = lines[static_cast<std::size_t>(x)];
    const int bottom = std::min(line.bottom, image_.height() - 1);
    for (int y = std::max(line.top, 0); y <= bottom; ++y)
      pixels[y * stride + x] = pixel;
  }
  update();
}

void BandItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  if (!image_.isNull()) painter->drawImage(area_.topLeft(), image_);
}

}  // namespace joulemark
