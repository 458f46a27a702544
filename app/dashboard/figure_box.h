// SPDX-License-Identifier: GPL-3.0-or-later
// The figures that stand beside a pair of cursors.
#pragma once

#include <analysis/energy/window_stats.h>
#include <analysis/model/channel.h>

#include <app/models/text.h>

#include <QColor>
#include <QRectF>
#include <QString>
#include <vector>

class QPainter;

namespace joulemark {

struct FigureRow {
  QString label;
  Figure figure;
};

// What a pane of that quantity says: mean, min, max, deviation, and charge or energy. The first pane also
// says how long the stretch is, and how much of it was not measured.
[[nodiscard]] std::vector<FigureRow> figure_rows(const WindowStats& stats, Quantity quantity, bool first);

// "charge 12.3 µC, mean 1.2 mA", for who hears instead of sees.
[[nodiscard]] QString figures_in_words(const std::vector<FigureRow>& rows);

// How the figures between cursors are found.
[[nodiscard]] QString figures_method();

// Everything, as text for the clipboard.
[[nodiscard]] QString figures_as_text(const WindowStats& stats);

// Figures stand below each other; in a low pane in as many columns as they need.
struct FigureGrid {
  std::size_t columns = 1;
  std::size_t lines = 1;
};
[[nodiscard]] FigureGrid figure_grid(std::size_t figures, double height, double line);

struct FigureLook {
  QColor colour;
  bool low = false;    // at the lower edge of the plot, so that two pairs do not hide each other
  bool muted = false;  // of another stretch: new ones are on their way
};

// Where the box is: to the right of the cursors when there is room, else to the left or within.
[[nodiscard]] QRectF figure_box_at(const std::vector<FigureRow>& rows, const QRectF& plot, double left,
                                   double right, bool low);
// Numbers right-aligned before their units.
void paint_figure_box(QPainter& painter, const std::vector<FigureRow>& rows, const QRectF& plot, double left,
                      double right, const FigureLook& look);

}  // namespace joulemark
