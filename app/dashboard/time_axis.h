// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/dashboard/overlay.h>

#include <QWidget>

namespace joulemark {

// The ruler under all panes: times and the flags of cursors; below them how long all of it is, and the flags
// of markers that a person set.
class TimeAxis final : public QWidget {
 public:
  explicit TimeAxis(QWidget* parent = nullptr);
  void show_overlay(const Overlay& overlay);

  // A text and where it stands; of a flag, with what its colour means.
  struct Label {
    QRectF place;
    QString text;
    enum class Kind { tick, span, marker, first_cursor, second_cursor } kind = Kind::tick;
    bool active = false;  // keys move it
  };
  // In the order they are painted in.
  [[nodiscard]] std::vector<Label> labels() const;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] TimeScale scale() const;
  void add_ticks(std::vector<Label>& labels) const;
  void add_markers(std::vector<Label>& labels) const;
  void add_cursors(std::vector<Label>& labels) const;
  void paint_stems(QPainter& painter) const;

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
