// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/window_stats.h>
#include <analysis/model/sample_source.h>

#include <app/dashboard/figure_box.h>
#include <app/dashboard/overlay.h>
#include <app/dashboard/ticks.h>

#include <QChartView>
#include <array>
#include <optional>
#include <utility>
#include <vector>

QT_BEGIN_NAMESPACE
class QLineSeries;
class QValueAxis;
QT_END_NAMESPACE

namespace joulemark {

class BandItem;

// One quantity over time: min/max band and mean line, never raw samples and never the mean alone.
class Pane final : public QChartView {
 public:
  explicit Pane(Quantity quantity, QWidget* parent = nullptr);

  [[nodiscard]] Quantity quantity() const { return quantity_; }
  // How many columns fill the plot: one a device pixel.
  [[nodiscard]] std::size_t columns_wanted() const;
  void show_columns(std::vector<ViewColumn> columns, const Overlay& overlay);
  void show_overlay(const Overlay& overlay);  // the same columns
  void set_stats(std::size_t pair, const std::optional<WindowStats>& stats);
  void set_first(bool first);  // of those shown: it has the figures of time
  [[nodiscard]] std::vector<FigureRow> figures(std::size_t pair) const;

  void set_logarithmic(bool on);
  [[nodiscard]] bool logarithmic() const { return logarithmic_; }
  // In SI; none: by what is visible. Brought to what can be drawn, see within_reach(); not finite: as before.
  using Limits = std::pair<double, double>;
  void set_limits(std::optional<Limits> limits);
  [[nodiscard]] const std::optional<Limits>& limits() const { return limits_; }
  [[nodiscard]] Limits shown_limits() const { return shown_; }
  void zoom_value(double factor, int y);  // about the value at a height of the widget

  [[nodiscard]] QRectF plot() const;
  // Of the value axis, all with their texts. unit: with prefix, where they share one.
  [[nodiscard]] std::vector<Tick> value_ticks(QString* unit) const;
  [[nodiscard]] double y(double value) const;  // pixels from the top of the widget
  void apply_theme();

  // Where the figures of a pair stand, none of them over what is drawn; null: they stand nowhere.
  [[nodiscard]] QRectF figures_area(std::size_t pair) const;
  // All figures of the pair that stand at a place of the widget, and how they are found; empty: none do.
  [[nodiscard]] QString tip_at(const QPointF& place) const;

 protected:
  bool viewportEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;

 private:
  [[nodiscard]] TimeScale scale() const;
  [[nodiscard]] double axis_value(double value) const;  // log10 where logarithmic
  [[nodiscard]] Limits automatic_limits() const;
  void redraw();
  void draw_band();
  void draw_mean();
  void set_axes();
  void find_holes();
  [[nodiscard]] LinearTicks linear_value_ticks() const;
  void paint_grid(QPainter& painter) const;
  void paint_labels(QPainter& painter) const;
  void make_room();
  [[nodiscard]] QRectF figures_strip(std::size_t pair) const;
  [[nodiscard]] std::vector<FigureRow> titled_figures(std::size_t pair) const;
  // Nothing is shown in it when the pair is out of sight.
  [[nodiscard]] FigureBox figures_box(std::size_t pair) const;
  void paint_figures(QPainter& painter, std::size_t pair) const;
  void describe();

  Quantity quantity_;
  QLineSeries* mean_;
  QValueAxis* time_axis_;
  QValueAxis* value_axis_;
  BandItem* band_;
  std::vector<ViewColumn> columns_;
  std::vector<Gap> holes_;
  Overlay overlay_;
  std::array<std::optional<WindowStats>, 2> stats_;
  bool first_ = false;
  double top_;  // of the plot: figures stand above it
  bool logarithmic_ = false;
  std::optional<Limits> limits_;
  Limits shown_{0, 1};
};

// The nearest limits that can be drawn: some way apart, and on a logarithmic axis above zero.
[[nodiscard]] Pane::Limits within_reach(Pane::Limits limits, bool logarithmic);

[[nodiscard]] QString title_of(Quantity quantity);

}  // namespace joulemark
