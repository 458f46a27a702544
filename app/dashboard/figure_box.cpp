// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/figure_box.h>
#include <app/dashboard/theme.h>

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>

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

}  // namespace

std::vector<FigureRow> figure_rows(const WindowStats& stats, Quantity quantity) {
  const std::string_view unit = unit_of(quantity);
  std::vector<FigureRow> rows;
  if (quantity == Quantity::current)
    rows.push_back({QStringLiteral("\u0394t"), si_figure(stats.time.seconds(), "s", 5)});
  const auto of = stats_of(stats, quantity);
  if (!of) return rows;
  // What counts comes first: a low pane has room for few.
  if (quantity == Quantity::current)
    rows.push_back({FigureBox::tr("charge"), si_figure(stats.charge_c, "C", 5)});
  if (quantity == Quantity::power)
    rows.push_back({FigureBox::tr("energy"), si_figure(stats.energy_j, "J", 5)});
  rows.push_back({FigureBox::tr("mean"), si_figure(of->mean, unit)});
  rows.push_back({FigureBox::tr("min"), si_figure(of->min, unit)});
  rows.push_back({FigureBox::tr("max"), si_figure(of->max, unit)});
  if (of->stddev) rows.push_back({FigureBox::tr("sd"), si_figure(of->stddev, unit)});
  if (stats.missing_s > 1e-9 && quantity == Quantity::current)
    rows.push_back({FigureBox::tr("missing"), si_figure(stats.missing_s, "s", 3)});
  return rows;
}

QString figures_as_text(const WindowStats& stats) {
  QString text = FigureBox::tr("begin\t%1 s\nend\t%2 s\n")
                     .arg(to_seconds(stats.time.begin_ns), 0, 'f', 9)
                     .arg(to_seconds(stats.time.end_ns), 0, 'f', 9);
  for (const Quantity quantity : {Quantity::current, Quantity::power, Quantity::voltage}) {
    for (const FigureRow& row : figure_rows(stats, quantity))
      text += QString::fromUtf8(name_of(quantity).data()) + QLatin1Char(' ') + row.label + QLatin1Char('\t') +
              row.figure.number + QLatin1Char(' ') + row.figure.unit + QLatin1Char('\n');
  }
  return text;
}

void paint_figure_box(QPainter& painter, const std::vector<FigureRow>& rows, const QRectF& plot, double left,
                      double right, const FigureLook& look) {
  if (rows.empty()) return;
  painter.setFont(label_font());
  const QFontMetrics metrics(painter.font());
  int label_width = 0;
  int number_width = 0;
  int unit_width = 0;
  for (const FigureRow& row : rows) {
    label_width = std::max(label_width, metrics.horizontalAdvance(row.label));
    number_width = std::max(number_width, metrics.horizontalAdvance(row.figure.number));
    unit_width = std::max(unit_width, metrics.horizontalAdvance(row.figure.unit));
  }
  const double width = 2 * k_padding + label_width + 12 + number_width + 5 + unit_width;
  const double line = metrics.height() + 1;
  const auto fitting = std::min(static_cast<double>(rows.size()), std::floor((plot.height() - 12) / line));
  const double height = fitting * line + 8;
  double x = right + 8;
  if (x + width > plot.right()) x = left - 8 - width;
  if (x < plot.left()) x = std::max(plot.left(), std::min(right, plot.right()) - width - 8);
  const double top = look.low ? plot.bottom() - height - 4 : plot.top() + 4;
  const QRectF box(x, top, width, height);
  QColor back = theme().window;
  back.setAlpha(225);
  painter.setPen(QPen(theme().line, 1));
  painter.setBrush(back);
  painter.drawRect(box);
  painter.fillRect(QRectF(box.left(), box.top(), 2, box.height()), look.colour);
  for (std::size_t i = 0; i < static_cast<std::size_t>(fitting); ++i) {
    const QRectF at(box.left() + k_padding, box.top() + 4 + static_cast<double>(i) * line,
                    width - 2 * k_padding, line);
    painter.setPen(theme().muted);
    painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, rows[i].label);
    painter.drawText(at.adjusted(label_width + 12 + number_width + 5, 0, 0, 0),
                     Qt::AlignLeft | Qt::AlignVCenter, rows[i].figure.unit);
    painter.setPen(look.muted ? theme().muted : theme().text);
    painter.drawText(QRectF(at.left() + label_width + 12, at.top(), number_width, line),
                     Qt::AlignRight | Qt::AlignVCenter, rows[i].figure.number);
  }
}

}  // namespace joulemark
