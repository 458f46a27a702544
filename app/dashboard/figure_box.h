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

// Beside each other on one line, in a strip that the trace leaves free.
struct FigureBox {
  QRectF area;
  std::size_t shown = 0;  // the first of the figures: as many as have room
};

[[nodiscard]] double figure_box_height();
// Begins at `from` where that leaves room for all, else as far left as it takes.
[[nodiscard]] FigureBox figure_box_in(const QRectF& strip, const std::vector<FigureRow>& rows, double from);
// muted: they are of another stretch, and new ones are on their way.
void paint_figure_box(QPainter& painter, const std::vector<FigureRow>& rows, const FigureBox& box,
                      const QColor& colour, bool muted);

}  // namespace joulemark
