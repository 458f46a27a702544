// SPDX-License-Identifier: GPL-3.0-or-later
// One accent per meaning, the same everywhere, told apart by colour-blind eyes too (after Okabe and Ito).
#pragma once

#include <analysis/model/channel.h>

#include <QColor>
#include <QFont>
#include <cstddef>

class QApplication;
class QPalette;

namespace joulemark {

struct Theme {
  bool dark = true;
  QColor window;   // behind everything
  QColor surface;  // panes, tiles, tables
  QColor raised;   // buttons, headers, the row under the pointer
  QColor line;     // borders and grids
  QColor text;
  QColor muted;   // labels, units
  QColor accent;  // what is selected or can be clicked
  QColor lost;    // data that is not there
  QColor warning;
  QColor good;
  QColor cursor;
  QColor second_cursor;

  [[nodiscard]] QColor quantity(Quantity quantity) const;
  // Of the event name with that index, see event_colours().
  [[nodiscard]] QColor event(std::size_t name) const;
  [[nodiscard]] QColor lane() const { return muted; }
};

[[nodiscard]] const Theme& theme();
void use_theme(QApplication& app, bool dark);

// Figures keep their places while they change: digits of one width.
[[nodiscard]] QFont figure_font(double points, bool bold = false);
[[nodiscard]] QFont label_font();

}  // namespace joulemark
