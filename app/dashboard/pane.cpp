// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/band_item.h>
#include <app/dashboard/figure_box.h>
#include <app/dashboard/pane.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/ticks.h>
#include <app/dashboard/value_limits.h>
#include <app/models/text.h>

#include <QChart>
#include <QCoreApplication>
#include <QHelpEvent>
#include <QLineSeries>
#include <QPainter>
#include <QToolTip>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr int k_top = 18;  // the title stands there, beside the texts of the ticks
constexpr int k_bottom = 8;
constexpr double k_under_figures = 3;
constexpr double k_least_plot = 60;  // in height, beside the figures of two pairs below each other
constexpr int k_title_top = 1;
constexpr double k_band_z = 3.5;      // over the chart's grid, under its series
constexpr double k_least_log = 1e-9;  // that automatic limits go down to
constexpr Pane::Limits k_log_reach{1e-12, 1e6};
constexpr double k_least_ratio = 1.01;
constexpr double k_linear_reach = 1e9;
constexpr double k_least_span = 1e-12;
constexpr double k_least_part = 1e-9;  // of the greater limit that lies between both
constexpr double k_least_shade = 3;
constexpr double k_tick_px = 44;
constexpr std::size_t k_least_ticks = 3;
constexpr double k_few_decades = 20;  // high / low of a logarithmic axis that is better told as a linear one

bool empty(const ViewColumn& column) {
  return column.count == 0;
}

// Opaque, which is several times as fast to fill as a veil.
QColor mixed(const QColor& under, const QColor& over, double part) {
  const auto mix = [part](int a, int b) { return static_cast<int>(std::lround(a + part * (b - a))); };
  return {mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue())};
}

QPen grid_pen() {
  return QPen(mixed(theme().surface, theme().line, theme().dark ? 0.55 : 0.67), 1);
}

QPen minor_grid_pen() {
  return QPen(mixed(theme().surface, theme().line, theme().dark ? 0.3 : 0.37), 1);
}

}  // namespace

Pane::Limits within_reach(Pane::Limits limits, bool logarithmic) {
  auto [low, high] = limits;
  if (logarithmic) {
    low = std::clamp(low, k_log_reach.first, k_log_reach.second / k_least_ratio);
    return {low, std::clamp(high, low * k_least_ratio, k_log_reach.second)};
  }
  low = std::clamp(low, -k_linear_reach, k_linear_reach);
  high = std::clamp(high, -k_linear_reach, k_linear_reach);
  const double least = std::max(k_least_span, k_least_part * std::max(std::abs(low), std::abs(high)));
  const double lacking = std::max(0.0, least - (high - low));
  return {low - lacking / 2, high + lacking / 2};
}

QString title_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::current:
      return QCoreApplication::translate("Pane", "Current");
    case Quantity::voltage:
      return QCoreApplication::translate("Pane", "Voltage");
    default:
      return QCoreApplication::translate("Pane", "Power");
  }
}

Pane::Pane(Quantity quantity, QWidget* parent)
    : QChartView(parent),
      quantity_(quantity),
      mean_(new QLineSeries(this)),
      time_axis_(new QValueAxis(this)),
      value_axis_(new QValueAxis(this)),
      top_(k_top) {
  chart()->legend()->hide();
  chart()->setMargins({});
  chart()->setBackgroundVisible(false);
  chart()->setAnimationOptions(QChart::NoAnimation);
  chart()->addSeries(mean_);
  chart()->addAxis(time_axis_, Qt::AlignBottom);
  chart()->addAxis(value_axis_, Qt::AlignLeft);
  mean_->attachAxis(time_axis_);
  mean_->attachAxis(value_axis_);
  for (QValueAxis* axis : {time_axis_, value_axis_}) {
    axis->setLabelsVisible(false);
    axis->setGridLineVisible(false);
    axis->setTickCount(2);
    axis->setLineVisible(false);
  }
  band_ = new BandItem(chart());
  band_->setZValue(k_band_z);
  setRenderHint(QPainter::Antialiasing, false);
  setFrameShape(QFrame::NoFrame);
  setInteractive(false);
  setViewportUpdateMode(QGraphicsView::FullViewportUpdate);
  setMinimumHeight(90);
  setFocusPolicy(Qt::NoFocus);
  viewport()->setMouseTracking(true);
  setAccessibleName(title_of(quantity));
  apply_theme();
}

void Pane::apply_theme() {
  mean_->setPen(QPen(theme().quantity(quantity_), 1));
  setBackgroundBrush(theme().surface);
  redraw();
}

QRectF Pane::plot() const {
  return {k_gutter, top_, std::max(10.0, width() - 1.0 * k_gutter - k_right_margin),
          std::max(10.0, height() - top_ - k_bottom)};
}

// A line for each pair of cursors, or in a low pane one for both.
void Pane::make_room() {
  const double before = top_;
  const auto pairs = static_cast<double>(std::ranges::count_if(
      overlay_.cursors, [](const std::optional<TimeRange>& between) { return between.has_value(); }));
  const auto top_of = [](double lines) {
    return lines > 0 ? std::max<double>(k_top, std::ceil(lines * figure_box_height() + k_under_figures))
                     : k_top;
  };
  top_ = top_of(pairs);
  if (pairs > 1 && height() - top_ - k_bottom < k_least_plot) top_ = top_of(1);
  if (top_ == before) return;
  chart()->setPlotArea(plot());
  redraw();
}

std::size_t Pane::columns_wanted() const {
  return static_cast<std::size_t>(std::max(1.0, plot().width() * devicePixelRatioF()));
}

TimeScale Pane::scale() const {
  return {overlay_.range, plot().left(), plot().width()};
}

double Pane::axis_value(double value) const {
  return logarithmic_ ? std::log10(std::max(value, k_log_reach.first)) : value;
}

double Pane::y(double value) const {
  const double low = axis_value(shown_.first);
  const double high = axis_value(shown_.second);
  return plot().bottom() - plot().height() * (axis_value(value) - low) / (high - low);
}

// Round numbers around what is visible, from zero where that is not far.
Pane::Limits Pane::automatic_limits() const {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  double least_positive = std::numeric_limits<double>::infinity();
  for (const ViewColumn& column : columns_) {
    if (empty(column) || !std::isfinite(column.min) || !std::isfinite(column.max)) continue;
    low = std::min(low, column.min);
    high = std::max(high, column.max);
    if (column.mean > 0) least_positive = std::min(least_positive, std::max(column.min, column.mean / 10));
  }
  if (low > high) return shown_;
  if (logarithmic_) {
    const double top = std::max(high, k_least_log * 10);
    const double bottom = std::clamp(least_positive, k_least_log, top / 10);
    return {std::pow(10.0, std::floor(std::log10(bottom))),
            std::pow(10.0, std::ceil(std::log10(top) - 1e-9))};
  }
  return limits_around(low, high);
}

void Pane::show_columns(std::vector<ViewColumn> columns, const Overlay& overlay) {
  columns_ = std::move(columns);
  overlay_ = overlay;
  make_room();
  find_holes();
  redraw();
}

void Pane::show_overlay(const Overlay& overlay) {
  const bool moved = overlay.cursors != overlay_.cursors;
  overlay_ = overlay;
  make_room();
  if (moved) describe();
  viewport()->update();
}

void Pane::set_stats(std::size_t pair, const std::optional<WindowStats>& stats) {
  stats_[pair] = stats;
  describe();
  viewport()->update();
}

// The figures in words, as long as they are those of the stretch between the cursors.
void Pane::describe() {
  QStringList pairs;
  for (std::size_t pair = 0; pair < stats_.size(); ++pair) {
    if (!stats_[pair] || stats_[pair]->time != overlay_.cursors[pair]) continue;
    const TimeRange& time = stats_[pair]->time;
    pairs << QCoreApplication::translate("Pane", "From %1 to %2: %3")
                 .arg(time_text(time.begin_ns, 1000), time_text(time.end_ns, 1000),
                      figures_in_words(figures(pair)));
  }
  setAccessibleDescription(pairs.join(QLatin1Char('\n')));
}

std::vector<FigureRow> Pane::figures(std::size_t pair) const {
  return stats_[pair] ? figure_rows(*stats_[pair], quantity_, first_) : std::vector<FigureRow>();
}

void Pane::set_first(bool first) {
  first_ = first;
  describe();
  viewport()->update();
}

void Pane::set_logarithmic(bool on) {
  logarithmic_ = on;
  limits_.reset();
  redraw();
}

void Pane::set_limits(std::optional<Limits> limits) {
  if (limits && !(std::isfinite(limits->first) && std::isfinite(limits->second))) return;
  limits_ = limits;
  if (limits) limits_ = within_reach(*limits, logarithmic_);
  redraw();
}

void Pane::zoom_value(double factor, int at_y) {
  const double part = std::clamp((plot().bottom() - at_y) / plot().height(), 0.0, 1.0);
  const double low = axis_value(shown_.first);
  const double high = axis_value(shown_.second);
  const double about = low + part * (high - low);
  const double bottom = about - (about - low) * factor;
  const double top = about + (high - about) * factor;
  set_limits(logarithmic_ ? Limits{std::pow(10.0, bottom), std::pow(10.0, top)} : Limits{bottom, top});
}

// Runs without data between data: never drawn across, listed as lost or not.
void Pane::find_holes() {
  holes_.clear();
  const auto first = std::ranges::find_if_not(columns_, empty);
  for (auto at = first; at != columns_.end();) {
    const auto hole = std::find_if(at, columns_.end(), empty);
    const auto next = std::find_if_not(hole, columns_.end(), empty);
    if (next == columns_.end()) break;
    holes_.push_back({{hole->time.begin_ns, next->time.begin_ns}});
    at = next;
  }
}

void Pane::redraw() {
  shown_ = limits_.value_or(within_reach(automatic_limits(), logarithmic_));
  set_axes();
  draw_band();
  draw_mean();
  viewport()->update();
}

// The chart's own ticks are not used: their number explodes while range and interval change one after the
// other.
void Pane::set_axes() {
  const double low = axis_value(shown_.first);
  const double high = axis_value(shown_.second);
  if (high > low) value_axis_->setRange(low, high);
  if (const double seconds = overlay_.range.seconds(); seconds > 0) time_axis_->setRange(0, seconds);
}

std::vector<Tick> Pane::value_ticks(QString* unit) const {
  if (logarithmic_ && shown_.second >= k_few_decades * shown_.first)
    return decade_ticks_within(shown_.first, shown_.second, plot().height(),
                               QFontMetrics(label_font()).height(), unit_of(quantity_));
  LinearTicks linear = linear_value_ticks();
  if (unit != nullptr) *unit = linear.unit;
  return std::move(linear.ticks);
}

// Closer, as long as their texts have room, where they would be few or all far below the top.
LinearTicks Pane::linear_value_ticks() const {
  const QRectF area = plot();
  const auto ticks_of = [this](int most) {
    return linear_ticks(shown_.first, shown_.second, most, unit_of(quantity_));
  };
  const auto apart = [this](const std::vector<Tick>& ticks) {  // at the top, where a logarithm is densest
    return y(ticks[ticks.size() - 2].at) - y(ticks.back().at);
  };
  const double closest_px = QFontMetrics(label_font()).height();
  int most = std::max(2, static_cast<int>(area.height() / k_tick_px));
  LinearTicks chosen = ticks_of(most);
  while (chosen.ticks.size() < k_least_ticks || y(chosen.ticks.back().at) > area.top() + area.height() / 3) {
    LinearTicks closer = ticks_of(++most);
    if (most > area.height() || (closer.ticks.size() >= 2 && apart(closer.ticks) < closest_px)) break;
    chosen = std::move(closer);
  }
  return chosen;
}

void Pane::paint_grid(QPainter& painter) const {
  const QRectF area = plot();
  for (const Tick& tick : value_ticks(nullptr)) {
    painter.setPen(tick.minor ? minor_grid_pen() : grid_pen());
    const double at = std::floor(y(tick.at));
    painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
  }
  painter.setPen(grid_pen());
  for (const Tick& tick : time_ticks_within(overlay_.range, area.width()).ticks) {
    const double at = std::floor(scale().x(static_cast<TimeNs>(tick.at)));
    painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()));
  }
}

void Pane::draw_band() {
  band_->set_area(plot());
  const double ratio = devicePixelRatioF();
  // Values far outside lie more pixels away than an int holds.
  const double below = plot().height() * ratio + 1;
  const auto pixel = [&](double value) {
    return static_cast<int>(std::fmin(std::fmax(-1.0, (y(value) - top_) * ratio), below));
  };
  std::vector<BandItem::Line> lines(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!empty(columns_[i])) lines[i] = {pixel(columns_[i].max), pixel(columns_[i].min)};
  }
  QColor colour = theme().quantity(quantity_);
  colour.setAlpha(theme().dark ? 105 : 95);
  band_->set_lines(lines, colour, ratio);
}

void Pane::draw_mean() {
  QList<QPointF> points;
  points.reserve(static_cast<qsizetype>(columns_.size()));
  const double step_s =
      overlay_.range.seconds() / static_cast<double>(std::max<std::size_t>(columns_.size(), 1));
  const double low = axis_value(shown_.first);
  const double above =
      2 * axis_value(shown_.second) - low;  // out of sight, yet no more pixels than an int holds
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!empty(columns_[i]))
      points << QPointF((static_cast<double>(i) + 0.5) * step_s,
                        std::clamp(axis_value(columns_[i].mean), low, above));
  }
  mean_->replace(points);
}

void Pane::resizeEvent(QResizeEvent* event) {
  QChartView::resizeEvent(event);
  make_room();
  chart()->setPlotArea(plot());
  redraw();
}

void Pane::drawBackground(QPainter* painter, const QRectF& rect) {
  painter->fillRect(rect, theme().surface);
  const QRectF area = plot();
  for_visible_events(overlay_, scale(), [&](double x, double width, std::uint32_t name) {
    if (width < k_least_shade) return;  // the ribbon shows it; here it would hide the samples
    const QColor fill = mixed(theme().surface, event_colour(overlay_, name), theme().dark ? 0.13 : 0.16);
    painter->fillRect(QRectF(x, area.top(), width, area.height()), fill);
  });
  paint_grid(*painter);
}

void Pane::drawForeground(QPainter* painter, const QRectF&) {
  const QRectF area = plot();
  paint_gaps(*painter, overlay_.gaps, scale(), area);
  paint_gaps(*painter, holes_, scale(), area);
  paint_cursor_lines(*painter, overlay_, scale(), area);
  paint_labels(*painter);
  for (std::size_t pair = 0; pair < stats_.size(); ++pair)
    paint_figures(*painter, pair);
}

void Pane::paint_labels(QPainter& painter) const {
  QString unit_text;
  const std::vector<Tick> ticks = value_ticks(&unit_text);
  painter.setFont(label_font());
  const QFontMetrics metrics(painter.font());
  painter.setPen(theme().quantity(quantity_));
  const QString title =
      unit_text.isEmpty() ? title_of(quantity_) : title_of(quantity_) + QStringLiteral("  ") + unit_text;
  painter.drawText(QRectF(plot().left(), k_title_top, plot().width(), metrics.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, title);
  painter.setPen(theme().muted);
  for (const Tick& tick : ticks) {
    const double at = y(tick.at);
    painter.drawText(QRectF(0, at - metrics.height() / 2.0, k_gutter - 8, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, tick.text);
  }
}

QRectF Pane::figures_strip(std::size_t pair) const {
  const double height = figure_box_height();
  QRectF strip(plot().left(), 0, plot().width(), height);
  if (!overlay_.cursors[1 - pair]) return strip;
  if (top_ >= 2 * height) return pair == 0 ? strip : strip.translated(0, height);
  strip.setWidth(strip.width() / 2);
  return pair == 0 ? strip : strip.translated(strip.width(), 0);
}

// Which pair they are of, where there are two.
std::vector<FigureRow> Pane::titled_figures(std::size_t pair) const {
  std::vector<FigureRow> rows = figures(pair);
  if (!rows.empty() && overlay_.cursors[1 - pair])
    rows.insert(rows.begin(),
                {pair == 0 ? QStringLiteral("A\u2013B") : QStringLiteral("C\u2013D"), Figure{}});
  return rows;
}

FigureBox Pane::figures_box(std::size_t pair) const {
  if (!stats_[pair] || !overlay_.cursors[pair]) return {};
  const TimeRange& between = *overlay_.cursors[pair];
  const double left = scale().x(std::min(between.begin_ns, between.end_ns));
  const double right = scale().x(std::max(between.begin_ns, between.end_ns));
  if (right < plot().left() || left > plot().right()) return {};
  return figure_box_in(figures_strip(pair), titled_figures(pair), left);
}

QRectF Pane::figures_area(std::size_t pair) const {
  return figures_box(pair).area;
}

void Pane::paint_figures(QPainter& painter, std::size_t pair) const {
  paint_figure_box(painter, titled_figures(pair), figures_box(pair),
                   pair == 0 ? theme().cursor : theme().second_cursor,
                   stats_[pair] && stats_[pair]->time != overlay_.cursors[pair]);
}

QString Pane::tip_at(const QPointF& place) const {
  for (std::size_t pair = 0; pair < stats_.size(); ++pair) {
    if (figures_area(pair).contains(place))
      return figures_in_words(figures(pair)) + QLatin1Char('\n') + figures_method();
  }
  return {};
}

bool Pane::viewportEvent(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QChartView::viewportEvent(event);
  const auto& help = *static_cast<QHelpEvent*>(event);
  QToolTip::showText(help.globalPos(), tip_at(help.pos()), viewport());
  return true;
}

}  // namespace joulemark
