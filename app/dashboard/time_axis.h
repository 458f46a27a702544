// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/dashboard/overlay.h>

#include <QWidget>

namespace joulemark {

// The ruler under all panes: times, and the flags of cursors and of markers that a person set.
class TimeAxis final : public QWidget {
 public:
  explicit TimeAxis(QWidget* parent = nullptr);
  void show_overlay(const Overlay& overlay);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Overlay overlay_;
};

// Above the panes: which event is which, by name.
class EventRibbon final : public QWidget {
 public:
  explicit EventRibbon(QWidget* parent = nullptr);
  void set_names(std::vector<QString> names);
  void show_overlay(const Overlay& overlay);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<QString> names_;
  Overlay overlay_;
};

}  // namespace joulemark
