// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/figure_box.h>
#include <app/dashboard/theme.h>
#include <app/models/words.h>

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_padding = 7;

struct FigureBox {
  Q_DECLARE_TR_FUNCTIONS(FigureBox)
};

std::optional<QuantityStats> stats_of(const WindowStats& stats, Quantity quantity) {
  if (quantity == Quantity::current) return stats.current_a;
  return quantity == Quantity::voltage ? stats.voltage_v : stats.power_w;
}

void add_figures(std::vector<FigureRow>& rows, const WindowStats& stats, Quantity quantity) {
  const auto of = stats_of(stats, quantity);
  if (!of) return;
  const std::string_view unit = unit_of(quantity);
  // What counts comes first.
  if (quantity == Quantity::current)
    rows.push_back({FigureBox::tr("charge"), si_figure(stats.charge_c, "C", 5)});
  if (quantity == Quantity::power)
    rows.push_back({FigureBox::tr("energy"), si_figure(stats.energy_j, "J", 5)});
  const int digits = digits_that_differ(std::array{of->mean, of->min, of->max}, unit);
  rows.push_back({FigureBox::tr("mean"), si_figure(of->mean, unit, digits)});
  rows.push_back({FigureBox::tr("min"), si_figure(of->min, unit, digits)});
  rows.push_back({FigureBox::tr("max"), si_figure(of->max, unit, digits)});
  rows.push_back({FigureBox::tr("sd"), si_figure(of->stddev, unit)});
}

}  // namespace

std::vector<FigureRow> figure_rows(const WindowStats& stats, Quantity quantity, bool first) {
  std::vector<FigureRow> rows;
  if (first) rows.push_back({QStringLiteral("\u0394t"), si_figure(stats.time.seconds(), "s", 5)});
  add_figures(rows, stats, quantity);
  if (first && stats.missing_s > 1e-9)
    rows.push_back({FigureBox::tr("missing"), si_figure(stats.missing_s, "s", 3)});
  return rows;
}

QString figures_in_words(const std::vector<FigureRow>& rows) {
  QStringList words;
  for (const FigureRow& row : rows)
    words
        << (row.label + QLatin1Char(' ') + row.figure.number + QLatin1Char(' ') + row.figure.unit).trimmed();
  return words.join(QStringLiteral(", "));
}

QString figures_method() {
  return FigureBox::tr(
             "By %1, without guard: what lies between the cursors, the first and last sample by the part "
             "between. Nothing is subtracted for idle.")
      .arg(word_of(Method::integral));
}

QString figures_as_text(const WindowStats& stats) {
  QString text = FigureBox::tr("begin\t%1 s\nend\t%2 s\n")
                     .arg(to_seconds(stats.time.begin_ns), 0, 'f', 9)
                     .arg(to_seconds(stats.time.end_ns), 0, 'f', 9);
  const Quantity first = stats.current_a || !stats.power_w ? Quantity::current : Quantity::power;
  for (const Quantity quantity : {Quantity::current, Quantity::power, Quantity::voltage}) {
    for (const FigureRow& row : figure_rows(stats, quantity, quantity == first))
      text += word_of(quantity) + QLatin1Char(' ') + row.label + QLatin1Char('\t') + row.figure.number +
              QLatin1Char(' ') + row.figure.unit + QLatin1Char('\n');
  }
  return text;
}

FigureGrid figure_grid(std::size_t figures, double height, double line) {
  const auto room = static_cast<std::size_t>(std::max(1.0, std::floor((height - 12) / line)));
  const std::size_t columns = std::max<std::size_t>(1, (figures + room - 1) / room);
  return {columns, (figures + columns - 1) / columns};
}

namespace {

// What one figure takes: its label, its number and its unit beside each other.
struct Cell {
  int label = 0;
  int number = 0;
  int unit = 0;

  Cell(const std::vector<FigureRow>& rows, const QFontMetrics& metrics) {
    for (const FigureRow& row : rows) {
      label = std::max(label, metrics.horizontalAdvance(row.label));
      number = std::max(number, metrics.horizontalAdvance(row.figure.number));
      unit = std::max(unit, metrics.horizontalAdvance(row.figure.unit));
    }
  }
  [[nodiscard]] double width() const { return label + 12 + number + 5 + unit; }

  void paint(QPainter& painter, const FigureRow& row, const QRectF& at, bool muted) const {
    painter.setPen(theme().muted);
    painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, row.label);
    painter.drawText(at.adjusted(label + 12 + number + 5, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     row.figure.unit);
    painter.setPen(muted ? theme().muted : theme().text);
    painter.drawText(QRectF(at.left() + label + 12, at.top(), number, at.height()),
                     Qt::AlignRight | Qt::AlignVCenter, row.figure.number);
  }
};

struct Layout {
  Cell cell;
  double line;
  FigureGrid grid;
  double step;

  Layout(const std::vector<FigureRow>& rows, double height)
      : cell(rows, QFontMetrics(label_font())),
        line(QFontMetrics(label_font()).height() + 1),
        grid(figure_grid(rows.size(), height, line)),
        step(cell.width() + 2 * k_padding) {}
};

}  // namespace

QRectF figure_box_at(const std::vector<FigureRow>& rows, const QRectF& plot, double left, double right,
                     bool low) {
  const Layout layout(rows, plot.height());
  const double width = static_cast<double>(layout.grid.columns) * layout.step;
  const double height = static_cast<double>(layout.grid.lines) * layout.line + 8;
  double x = right + 8;
  if (x + width > plot.right()) x = left - 8 - width;
  if (x < plot.left()) x = std::max(plot.left(), std::min(right, plot.right()) - width - 8);
  return {x, low ? plot.bottom() - height - 4 : plot.top() + 4, width, height};
}

void paint_figure_box(QPainter& painter, const std::vector<FigureRow>& rows, const QRectF& plot, double left,
                      double right, const FigureLook& look) {
  if (rows.empty()) return;
  painter.setFont(label_font());
  const auto [cell, line, grid, step] = Layout(rows, plot.height());
  const QRectF box = figure_box_at(rows, plot, left, right, look.low);
  QColor back = theme().window;
  back.setAlpha(225);
  painter.setPen(QPen(theme().line, 1));
  painter.setBrush(back);
  painter.drawRect(box);
  painter.fillRect(QRectF(box.left(), box.top(), 2, box.height()), look.colour);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t column = i / grid.lines;
    const std::size_t row = i % grid.lines;
    const QRectF at(box.left() + k_padding + static_cast<double>(column) * step,
                    box.top() + 4 + static_cast<double>(row) * line, cell.width(), line);
    cell.paint(painter, rows[i], at, look.muted);
  }
}

}  // namespace joulemark
