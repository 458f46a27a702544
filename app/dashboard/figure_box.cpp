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
constexpr double k_between = 14;  // two figures
constexpr double k_after_label = 5;
constexpr double k_before_unit = 3;

struct Figures {
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
    rows.push_back({Figures::tr("charge"), si_figure(stats.charge_c, "C", 5)});
  if (quantity == Quantity::power) rows.push_back({Figures::tr("energy"), si_figure(stats.energy_j, "J", 5)});
  const int digits = digits_that_differ(std::array{of->mean, of->min, of->max}, unit);
  rows.push_back({Figures::tr("mean"), si_figure(of->mean, unit, digits)});
  rows.push_back({Figures::tr("min"), si_figure(of->min, unit, digits)});
  rows.push_back({Figures::tr("max"), si_figure(of->max, unit, digits)});
  rows.push_back({Figures::tr("sd"), si_figure(of->stddev, unit)});
}

}  // namespace

std::vector<FigureRow> figure_rows(const WindowStats& stats, Quantity quantity, bool first) {
  std::vector<FigureRow> rows;
  if (first) rows.push_back({QStringLiteral("\u0394t"), si_figure(stats.time.seconds(), "s", 5)});
  if (first && stats.missing_s > 1e-9)
    rows.push_back({Figures::tr("missing"), si_figure(stats.missing_s, "s", 3)});
  add_figures(rows, stats, quantity);
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
  return Figures::tr(
             "By %1, without guard: what lies between the cursors, the first and last sample by the part "
             "between. Nothing is subtracted for idle.")
      .arg(word_of(Method::integral));
}

QString figures_as_text(const WindowStats& stats) {
  QString text = Figures::tr("begin\t%1 s\nend\t%2 s\n")
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

namespace {

// What a figure takes: its label, its number and its unit beside each other.
struct Cell {
  double label = 0;
  double number = 0;
  double unit = 0;

  Cell(const FigureRow& row, const QFontMetrics& metrics)
      : label(metrics.horizontalAdvance(row.label)),
        number(metrics.horizontalAdvance(row.figure.number)),
        unit(metrics.horizontalAdvance(row.figure.unit)) {}
  [[nodiscard]] double to_number() const { return number > 0 ? label + k_after_label : label; }
  [[nodiscard]] double to_unit() const { return to_number() + number + (unit > 0 ? k_before_unit : 0); }
  [[nodiscard]] double width() const { return to_unit() + unit; }
};

}  // namespace

double figure_box_height() {
  return QFontMetrics(label_font()).height() + 2;
}

FigureBox figure_box_in(const QRectF& strip, const std::vector<FigureRow>& rows, double from) {
  const QFontMetrics metrics(label_font());
  FigureBox box;
  double width = 2 * k_padding - k_between;
  for (const FigureRow& row : rows) {
    const double wider = width + k_between + Cell(row, metrics).width();
    if (wider > strip.width()) break;
    width = wider;
    ++box.shown;
  }
  if (box.shown == 0) return box;
  const double left = std::clamp(from, strip.left(), std::max(strip.left(), strip.right() - width));
  box.area = {left, strip.top(), width, strip.height()};
  return box;
}

void paint_figure_box(QPainter& painter, const std::vector<FigureRow>& rows, const FigureBox& box,
                      const QColor& colour, bool muted) {
  if (box.shown == 0) return;
  painter.setFont(label_font());
  const QFontMetrics metrics(painter.font());
  painter.fillRect(box.area, theme().window);
  painter.fillRect(QRectF(box.area.left(), box.area.top(), 2, box.area.height()), colour);
  double x = box.area.left() + k_padding;
  const double y = box.area.top() + (box.area.height() - metrics.height()) / 2 + metrics.ascent();
  for (std::size_t i = 0; i < box.shown; ++i) {
    const Cell cell(rows[i], metrics);
    painter.setPen(theme().muted);
    painter.drawText(QPointF(x, y), rows[i].label);
    painter.drawText(QPointF(x + cell.to_unit(), y), rows[i].figure.unit);
    painter.setPen(muted ? theme().muted : theme().text);
    painter.drawText(QPointF(x + cell.to_number(), y), rows[i].figure.number);
    x += cell.width() + k_between;
  }
}

}  // namespace joulemark
