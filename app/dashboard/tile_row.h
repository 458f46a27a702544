// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/tiles.h>

#include <QCoreApplication>
#include <QWidget>
#include <vector>

namespace joulemark {

// One headline figure, large, with its interval, method and spark line. Copied by Ctrl+C or its menu.
class TileView final : public QWidget {
  Q_DECLARE_TR_FUNCTIONS(TileView)

 public:
  explicit TileView(QWidget* parent = nullptr);
  void set_tile(Tile tile, bool live);
  void set_stale(bool stale);
  [[nodiscard]] const Tile& tile() const { return tile_; }
  void copy() const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void tell();
  [[nodiscard]] QColor accent() const;
  void paint_history(QPainter& painter, const QRectF& area) const;
  void paint_parts(QPainter& painter, const QRectF& area) const;

  Tile tile_;
  bool live_ = false;
  bool stale_ = false;
};

class TileRow final : public QWidget {
 public:
  explicit TileRow(QWidget* parent = nullptr);
  // live: the figures are of the last minute of a recording under way.
  void show_tiles(std::vector<Tile> tiles, bool live);
  void set_stale(bool stale);  // the figures are of other rules than those that are shown
  [[nodiscard]] const TileView& tile(std::size_t i) const { return *views_[i]; }

 private:
  std::vector<TileView*> views_;
};

}  // namespace joulemark
