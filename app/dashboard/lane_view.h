// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/dashboard/overlay.h>
#include <app/models/lane_index.h>

#include <QWidget>
#include <map>
#include <vector>

namespace joulemark {

// Digital lines under the waveform, named, one lane each.
class LaneView final : public QWidget {
 public:
  explicit LaneView(QWidget* parent = nullptr);

  struct Lane {
    QString name;
    int event = -1;  // index of the event name that a rule makes of it; -1: none
  };
  void set_lanes(std::vector<Lane> lanes);
  void show_columns(std::vector<LaneColumn> columns, const Overlay& overlay);
  void show_overlay(const Overlay& overlay);
  [[nodiscard]] std::size_t columns_wanted() const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void paint_lane(QPainter& painter, std::size_t lane) const;

  std::vector<Lane> lanes_;
  std::vector<LaneColumn> columns_;
  Overlay overlay_;
};

}  // namespace joulemark
