// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/theme.h>
#include <app/dashboard/tile_row.h>

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_height = 100;
constexpr double k_padding = 12;

}  // namespace

TileView::TileView(QWidget* parent) : QWidget(parent) {
  setFixedHeight(k_height);
  setMinimumWidth(150);
  setFocusPolicy(Qt::TabFocus);
}

void TileView::set_tile(Tile tile, bool live) {
  tile_ = std::move(tile);
  live_ = live;
  tell();
}

void TileView::set_stale(bool stale) {
  stale_ = stale;
  tell();
}

void TileView::tell() {
  QString tip = tile_.definition + QStringLiteral("\n") + tile_.note;
  for (const TilePart& part : tile_.parts)
    tip += QStringLiteral("\n%1: %2").arg(part.name, percent_text(part.fraction));
  setToolTip(tip);
  setAccessibleDescription(live_ ? tr("last minute") + QLatin1Char('\n') + tip : tip);
  setAccessibleName(QStringLiteral("%1: %2 %3 %4")
                        .arg(tile_.title, tile_.figure.number, tile_.figure.unit, tile_.uncertainty) +
                    (stale_ ? QLatin1Char(' ') + tr("before the change") : QString()));
  update();
}

QColor TileView::accent() const {
  if (stale_) return theme().muted;
  switch (tile_.meaning) {
    case Tile::Meaning::event:
    case Tile::Meaning::time:
      return theme().event(tile_.event);
    case Tile::Meaning::useful:
      return theme().good;
    case Tile::Meaning::idle:
      return theme().quantity(Quantity::current);
    default:
      return theme().quantity(Quantity::power);
  }
}

void TileView::copy() const {
  QApplication::clipboard()->setText(
      QStringLiteral("%1\t%2 %3\t%4\t%5")
          .arg(tile_.title, tile_.figure.number, tile_.figure.unit, tile_.uncertainty, tile_.note));
}

void TileView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme().surface);
  painter.drawRoundedRect(rect(), 7, 7);
  if (hasFocus()) {
    painter.setPen(QPen(theme().accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
  }
  painter.setPen(Qt::NoPen);
  painter.setBrush(accent());
  painter.drawRoundedRect(QRectF(0, 14, 3, 34), 1.5, 1.5);
  const double inner = width() - 2 * k_padding;
  painter.setFont(label_font());
  const QFontMetrics small(painter.font());
  painter.setPen(theme().muted);
  const QString live = live_ ? tr("last minute") : stale_ ? tr("before the change") : QString();
  const double live_width = small.horizontalAdvance(live);
  painter.drawText(QRectF(k_padding, 9, inner, small.height()), Qt::AlignRight, live);
  painter.drawText(QRectF(k_padding, 9, inner, small.height()), Qt::AlignLeft,
                   small.elidedText(tile_.title, Qt::ElideRight, static_cast<int>(inner - live_width - 6)));
  const QFont big = figure_font(QApplication::font().pointSizeF() * 1.9, true);
  painter.setFont(big);
  const QFontMetrics large(big);
  const QColor told = stale_ ? theme().muted : theme().text;
  painter.setPen(told);
  const double base = 9 + small.height() + large.ascent() + 2;
  painter.drawText(QPointF(k_padding, base), tile_.figure.number);
  double x = k_padding + large.horizontalAdvance(tile_.figure.number) + 5;
  painter.setFont(figure_font(QApplication::font().pointSizeF() * 1.15));
  painter.setPen(theme().muted);
  painter.drawText(QPointF(x, base), tile_.figure.unit);
  x += painter.fontMetrics().horizontalAdvance(tile_.figure.unit) + 9;
  painter.setFont(label_font());
  painter.setPen(told);
  const QString doubt = small.elidedText(tile_.uncertainty, Qt::ElideRight,
                                         static_cast<int>(std::max(0.0, width() - k_padding - x)));
  painter.drawText(QPointF(x, base), doubt);
  const QRectF graph(k_padding, base + 7, inner, 13);
  if (!tile_.parts.empty()) {
    paint_parts(painter, graph.adjusted(0, 3, 0, -3));
  } else {
    paint_history(painter, graph);
  }
  painter.setPen(theme().muted);
  painter.drawText(QRectF(k_padding, height() - small.height() - 6, inner, small.height()), Qt::AlignLeft,
                   small.elidedText(tile_.note, Qt::ElideRight, static_cast<int>(inner)));
}

void TileView::paint_history(QPainter& painter, const QRectF& area) const {
  if (tile_.history.size() < 2) return;
  const auto [least, most] = std::ranges::minmax(tile_.history);
  const double span = most > least ? most - least : 1;
  QPolygonF line;
  for (std::size_t i = 0; i < tile_.history.size(); ++i) {
    line << QPointF(
        area.left() + area.width() * static_cast<double>(i) / static_cast<double>(tile_.history.size() - 1),
        area.bottom() - area.height() * (tile_.history[i] - least) / span);
  }
  QColor colour = accent();
  colour.setAlpha(190);
  painter.setPen(QPen(colour, 1.1));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolyline(line);
}

// Negative and tiny parts have no width; the tooltip lists them all.
void TileView::paint_parts(QPainter& painter, const QRectF& area) const {
  painter.setPen(Qt::NoPen);
  double x = area.left();
  for (const TilePart& part : tile_.parts) {
    const double width = area.width() * std::clamp(part.fraction, 0.0, 1.0);
    QColor colour =
        part.event >= 0 && !stale_ ? theme().event(static_cast<std::size_t>(part.event)) : theme().muted;
    if (part.rest) colour.setAlpha(90);
    painter.setBrush(colour);
    if (width >= 0.5) painter.drawRect(QRectF(x, area.top(), std::max(0.5, width - 1), area.height()));
    x += width;
  }
}

void TileView::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu;
  menu.addAction(tr("Copy"), [this] { copy(); });
  menu.exec(event->globalPos());
}

void TileView::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy)) return copy();
  QWidget::keyPressEvent(event);
}

TileRow::TileRow(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  for (const Tile& tile : empty_tiles()) {
    views_.push_back(new TileView(this));
    views_.back()->set_tile(tile, false);
    row->addWidget(views_.back(), 1);
  }
}

void TileRow::show_tiles(std::vector<Tile> tiles, bool live) {
  for (std::size_t i = 0; i < std::min(tiles.size(), views_.size()); ++i)
    views_[i]->set_tile(std::move(tiles[i]), live);
}

void TileRow::set_stale(bool stale) {
  for (TileView* view : views_)
    view->set_stale(stale);
}

}  // namespace joulemark
