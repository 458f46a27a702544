// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/dashboard/overlay.h>
#include <app/models/lane_index.h>

#include <QWidget>
#include <vector>

QT_BEGIN_NAMESPACE
class QScrollBar;
QT_END_NAMESPACE

namespace joulemark {

// Digital lines under the waveform, named, one lane each. Many get thinner as far as their names can be read;
// then they scroll, by the bar at the right or the wheel over their names.
class LaneView final : public QWidget {
 public:
  explicit LaneView(QWidget* parent = nullptr);

  struct Lane {
    QString name;
    int event = -1;  // index of the event name that a rule makes of it; -1: none
    // Its event is something else than its high level: what is filled is the event, and the level is a line.
    bool event_apart = false;
  };
  void set_lanes(std::vector<Lane> lanes);
  void set_room(int height);  // that the lanes should not go beyond
  // By k_most_lanes lanes each; of lanes without columns nothing is known.
  void show_columns(std::vector<std::vector<LaneColumn>> columns, const Overlay& overlay);
  void show_overlay(const Overlay& overlay);
  [[nodiscard]] std::size_t columns_wanted() const;

  // Where a lane is drawn; partly or wholly outside of the widget when it is scrolled away.
  [[nodiscard]] QRectF lane_area(std::size_t lane) const;
  // Whether nothing tells its level in all that is shown.
  [[nodiscard]] bool is_unknown(std::size_t lane) const;
  // Whether the wheel at that place is for scrolling.
  [[nodiscard]] bool scrolls_at(QPointF place) const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  [[nodiscard]] int least_lane_height() const;
  [[nodiscard]] int lane_height() const;
  [[nodiscard]] int height_of(int lane_height) const;  // of all lanes
  void ask_for_height();
  void place_bar();
  [[nodiscard]] QRectF drawn_area(std::size_t lane) const;  // from its low level to the high one
  [[nodiscard]] QColor colour_of(std::size_t lane) const;
  void paint_events(QPainter& painter, std::size_t lane, const TimeScale& scale) const;
  void paint_levels(QPainter& painter, std::size_t lane) const;
  static void paint_unknown(QPainter& painter, const QRectF& area);
  void paint_name(QPainter& painter, std::size_t lane) const;

  std::vector<Lane> lanes_;
  std::vector<std::vector<LaneColumn>> columns_;
  Overlay overlay_;
  QScrollBar* bar_;
  int room_ = QWIDGETSIZE_MAX;
};

}  // namespace joulemark
