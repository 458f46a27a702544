// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/lane_view.h>
#include <app/dashboard/minimap.h>
#include <app/dashboard/pane.h>
#include <app/dashboard/time_axis.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/text.h>
#include <app/models/time_window.h>

#include <QMouseEvent>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_grab_px = 5;
constexpr double k_zoom_per_notch = 0.8;
constexpr int k_lanes_of_five = 2;            // parts of the height that the lanes may have
constexpr std::size_t k_most_spans = 60'000;  // beyond: an even choice is drawn, a pixel holds many anyway

}  // namespace

WaveformView::WaveformView(TimeWindow& window, QWidget* parent)
    : QWidget(parent),
      window_(window),
      minimap_(new Minimap(window, this)),
      ribbon_(new EventRibbon(this)),
      lanes_(new LaneView(this)),
      axis_(new TimeAxis(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(0);
  column->addWidget(minimap_);
  column->addWidget(ribbon_);
  for (const Quantity quantity : {Quantity::current, Quantity::power, Quantity::voltage}) {
    panes_.push_back(new Pane(quantity, this));
    column->addWidget(panes_.back(), quantity == Quantity::current ? 5 : 3);
    panes_.back()->viewport()->installEventFilter(this);
    panes_.back()->hide();
  }
  column->addWidget(lanes_);
  column->addWidget(axis_);
  for (QWidget* widget :
       {static_cast<QWidget*>(ribbon_), static_cast<QWidget*>(lanes_), static_cast<QWidget*>(axis_)})
    widget->installEventFilter(this);
  soon_.setSingleShot(true);
  connect(&soon_, &QTimer::timeout, this, [this] { refresh(); });
  connect(&window_, &TimeWindow::rangeChanged, this, [this] { soon_.start(0); });
  connect(&window_, &TimeWindow::cursorsChanged, this, [this](std::size_t pair) {
    const auto between = window_.cursors(pair);
    overlay_.cursors[pair] = between;
    overlay_.active = window_.active_cursor();
    if (!between || between->empty()) set_stats(pair, std::nullopt);
    if (stats_[pair] && stats_[pair]->time != between) stats_[pair].reset();  // the panes mute theirs
    show_overlay();
  });
  connect(&window_, &TimeWindow::activeCursorChanged, this, [this] {
    overlay_.active = window_.active_cursor();
    show_overlay();
  });
}

void WaveformView::set_source(WaveSource* source) {
  source_ = source;
  told_.clear();
  analysis_ = nullptr;
  latest_end_.clear();
  for (std::size_t pair = 0; pair < stats_.size(); ++pair)
    set_stats(pair, std::nullopt);
  choose_panes();
  show_lanes();
  refresh_minimap();
  refresh();
}

void WaveformView::choose_panes() {
  bool first = true;
  for (Pane* pane : panes_) {
    const bool shown = source_ != nullptr && source_->has(pane->quantity());
    pane->setVisible(shown);
    pane->set_first(shown && first);
    first = first && !shown;
  }
}

void WaveformView::set_analysis(std::shared_ptr<const Analysis> analysis) {
  analysis_ = std::move(analysis);
  latest_end_.clear();
  std::vector<QString> names;
  if (analysis_) {
    latest_end_.reserve(analysis_->rows.size());
    TimeNs latest = std::numeric_limits<TimeNs>::min();
    for (const EventRow& row : analysis_->rows) {
      latest = std::max(latest, row.time.end_ns);
      latest_end_.push_back(latest);
    }
    for (const EventReport& event : analysis_->report.events)
      names.push_back(to_qt(event.name));
  }
  ribbon_->set_names(std::move(names));
  show_lanes();
  rebuild_overlay();
  show_overlay();
}

void WaveformView::set_setup(const EventSetup& setup) {
  setup_ = setup;
  show_lanes();
  rebuild_overlay();
  show_overlay();
}

void WaveformView::set_stale(bool stale) {
  overlay_.stale = stale;
  show_overlay();
}

void WaveformView::set_stats(std::size_t pair, const std::optional<WindowStats>& stats) {
  stats_[pair] = stats;
  for (Pane* pane : panes_)
    pane->set_stats(pair, stats);
}

// A lane has the colour of the event that a rule makes of it.
void WaveformView::show_lanes() {
  std::vector<LaneView::Lane> lanes;
  if (source_ != nullptr) {
    for (const Line& line : source_->info().lines) {
      LaneView::Lane lane{QStringLiteral("d%1 ").arg(line.id.value) + to_qt(line.name)};
      const auto rule = std::ranges::find(setup_.rules, line.id, &EventRule::line);
      lane.event_apart = rule != setup_.rules.end() && (rule->pairing != Pairing::level || rule->active_low);
      if (analysis_ && rule != setup_.rules.end()) {
        const auto& events = analysis_->report.events;
        const auto found = std::ranges::find(events, rule->name, &EventReport::name);
        if (found != events.end()) lane.event = static_cast<int>(found - events.begin());
      }
      lanes.push_back(std::move(lane));
    }
  }
  lanes_->set_lanes(std::move(lanes));
}

void WaveformView::rebuild_overlay() {
  overlay_.range = window_.range();
  overlay_.events.clear();
  overlay_.instants.clear();
  overlay_.gaps.clear();
  if (source_ != nullptr) overlay_.gaps = visible_gaps(source_->gaps(), overlay_.range, scale().width);
  for (const Marker& marker : setup_.instants)
    overlay_.instants.emplace_back(marker.time_ns, to_qt(marker.name));
  if (!analysis_) return;
  const auto& rows = analysis_->rows;
  const auto first = std::ranges::upper_bound(latest_end_, overlay_.range.begin_ns) - latest_end_.begin();
  const auto last = std::ranges::lower_bound(rows, overlay_.range.end_ns, {},
                                             [](const EventRow& row) { return row.time.begin_ns; });
  const auto count = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, (last - rows.begin()) - first));
  const std::size_t step = 1 + count / k_most_spans;
  for (std::size_t i = 0; i < count; i += step) {
    const EventRow& row = rows[static_cast<std::size_t>(first) + i];
    if (row.time.end_ns > overlay_.range.begin_ns) overlay_.events.push_back({row.time, row.name});
  }
}

void WaveformView::show_overlay() {
  for (Pane* pane : panes_)
    pane->show_overlay(overlay_);
  ribbon_->show_overlay(overlay_);
  lanes_->show_overlay(overlay_);
  axis_->show_overlay(overlay_);
  minimap_->update();
}

void WaveformView::refresh() {
  soon_.stop();
  rebuild_overlay();
  for (Pane* pane : panes_) {
    if (source_ == nullptr || pane->isHidden()) continue;
    pane->show_columns(source_->columns(pane->quantity(), overlay_.range, pane->columns_wanted()), overlay_);
  }
  refresh_lanes();
  if (following_) refresh_minimap();
  ribbon_->show_overlay(overlay_);
  axis_->show_overlay(overlay_);
  minimap_->update();
  tell_trouble();
}

void WaveformView::refresh_lanes() {
  if (source_ == nullptr) return;
  std::vector<std::vector<LaneColumn>> columns;
  for (std::size_t first = 0; first < source_->info().lines.size(); first += k_most_lanes)
    columns.push_back(source_->lanes(first, overlay_.range, lanes_->columns_wanted()));
  lanes_->show_columns(std::move(columns), overlay_);
}

void WaveformView::tell_trouble() {
  if (source_ == nullptr || source_->trouble() == told_) return;
  told_ = source_->trouble();
  if (!told_.empty()) Q_EMIT troubled(to_qt(told_));
}

void WaveformView::refresh_minimap() {
  if (source_ == nullptr) return minimap_->show_columns({}, Quantity::current, {});
  const Quantity quantity = source_->has(Quantity::current) ? Quantity::current : Quantity::power;
  minimap_->show_columns(source_->columns(quantity, window_.limits(), minimap_->columns_wanted()), quantity,
                         source_->gaps());
}

void WaveformView::apply_theme() {
  for (Pane* pane : panes_)
    pane->apply_theme();
  update();
}

Pane* WaveformView::pane(Quantity quantity) const {
  return *std::ranges::find(panes_, quantity, &Pane::quantity);
}

bool WaveformView::logarithmic() const {
  return pane(Quantity::current)->logarithmic();
}

void WaveformView::set_logarithmic(bool on) {
  pane(Quantity::current)->set_logarithmic(on);
  pane(Quantity::power)->set_logarithmic(on);
}

void WaveformView::reset_values() {
  for (Pane* pane : panes_)
    pane->set_limits(std::nullopt);
}

void WaveformView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  lanes_->set_room(height() * k_lanes_of_five / 5);
  refresh_minimap();
  soon_.start(0);
}

// --- keys ---

// Pixels are whole, as the pointer's are.
void WaveformView::step_cursor_by_pixels(int pixels) {
  if (const auto at = window_.active_time())
    step_cursor_to(scale().time(std::round(scale().x(*at)) + pixels));
}

void WaveformView::step_cursor_by_samples(int samples) {
  const auto at = window_.active_time();
  if (at && source_ != nullptr) step_cursor_to(*at + samples * source_->interval_ns());
}

void WaveformView::step_cursor_to(TimeNs time_ns) {
  window_.move_active_cursor(time_ns);
  const TimeNs now = window_.active_time().value_or(time_ns);
  const TimeRange& shown = window_.range();
  if (now < shown.begin_ns || now > shown.end_ns) window_.pan(now - shown.begin_ns - shown.length_ns() / 2);
}

// --- the pointer ---

TimeScale WaveformView::scale() const {
  return {window_.range(), k_gutter, std::max(10.0, 1.0 * width() - k_gutter - k_right_margin)};
}

// The innermost one: the last to begin of those that hold the time.
std::optional<std::size_t> WaveformView::event_at(TimeNs time_ns) const {
  if (!analysis_) return std::nullopt;
  const auto& rows = analysis_->rows;
  auto at =
      std::ranges::upper_bound(rows, time_ns, {}, [](const EventRow& row) { return row.time.begin_ns; }) -
      rows.begin();
  for (; at > 0 && latest_end_[static_cast<std::size_t>(at - 1)] > time_ns; --at) {
    if (rows[static_cast<std::size_t>(at - 1)].time.contains(time_ns))
      return static_cast<std::size_t>(at - 1);
  }
  return std::nullopt;
}

Pane* WaveformView::pane_of(QObject* watched) const {
  const auto found = std::ranges::find(
      panes_, watched, [](const Pane* pane) { return static_cast<QObject*>(pane->viewport()); });
  return found == panes_.end() ? nullptr : *found;
}

bool WaveformView::grab_cursor(double x) {
  for (std::size_t pair = 0; pair < TimeWindow::k_pairs; ++pair) {
    const auto between = window_.cursors(pair);
    if (!between) continue;
    const bool at_end = std::abs(scale().x(between->end_ns) - x) <= k_grab_px;
    if (!at_end && std::abs(scale().x(between->begin_ns) - x) > k_grab_px) continue;
    window_.set_active_cursor({pair, at_end});
    return true;
  }
  return false;
}

bool WaveformView::press(QObject* watched, QMouseEvent& event) {
  const double x = event.position().x();
  if (event.button() == Qt::RightButton) {
    Pane* over = pane_of(watched);
    Q_EMIT contextRequested(event.globalPosition().toPoint(), scale().time(x),
                            over != nullptr ? over->quantity() : Quantity::current);
    return true;
  }
  if (event.button() != Qt::LeftButton || source_ == nullptr) return false;
  drag_x_ = x;
  drag_from_ns_ = scale().time(x);
  drag_range_ = window_.range();
  if ((event.modifiers() & Qt::ShiftModifier) != 0) {
    drag_ = Drag::select;
  } else {
    drag_ = grab_cursor(x) ? Drag::cursor : Drag::pan;
  }
  return true;
}

void WaveformView::move(double x) {
  const TimeNs time_ns = std::clamp(scale().time(x), window_.limits().begin_ns, window_.limits().end_ns);
  if (drag_ == Drag::select) {
    overlay_.selecting = TimeRange{std::min(drag_from_ns_, time_ns), std::max(drag_from_ns_, time_ns)};
    show_overlay();
  } else if (drag_ == Drag::cursor) {
    window_.move_active_cursor(time_ns);
  } else if (drag_ == Drag::pan) {
    const double ns_per_px = static_cast<double>(drag_range_.length_ns()) / scale().width;
    window_.pan(drag_range_.begin_ns + std::llround((drag_x_ - x) * ns_per_px) - window_.range().begin_ns);
  }
}

void WaveformView::release() {
  if (drag_ == Drag::select && overlay_.selecting && !overlay_.selecting->empty()) {
    const TimeRange selected = *overlay_.selecting;
    overlay_.selecting.reset();
    window_.set_cursors(0, selected);
  }
  overlay_.selecting.reset();
  drag_ = Drag::none;
}

void WaveformView::wheel(QObject* watched, QWheelEvent& event) {
  const QPoint angle = event.angleDelta();
  const double notches = (angle.y() != 0 ? angle.y() : angle.x()) / 120.0;
  if (notches == 0) return;
  if ((event.modifiers() & Qt::ControlModifier) != 0) {
    if (Pane* over = pane_of(watched))
      over->zoom_value(std::pow(k_zoom_per_notch, notches), static_cast<int>(event.position().y()));
    return;
  }
  if ((event.modifiers() & Qt::ShiftModifier) != 0 || angle.y() == 0) {
    return window_.pan(std::llround(-notches * 0.1 * static_cast<double>(window_.range().length_ns())));
  }
  window_.zoom(std::pow(k_zoom_per_notch, notches), scale().time(event.position().x()));
}

bool WaveformView::eventFilter(QObject* watched, QEvent* event) {
  switch (event->type()) {
    case QEvent::MouseButtonPress:
      return press(watched, *static_cast<QMouseEvent*>(event));
    case QEvent::MouseMove:
      if (drag_ != Drag::none) move(static_cast<QMouseEvent*>(event)->position().x());
      return drag_ != Drag::none;
    case QEvent::MouseButtonRelease:
      release();
      return true;
    case QEvent::MouseButtonDblClick:
      if (const auto found = event_at(scale().time(static_cast<QMouseEvent*>(event)->position().x()))) {
        Q_EMIT eventActivated(*found);
      }
      return true;
    case QEvent::Wheel:
      if (watched == lanes_ && lanes_->scrolls_at(static_cast<QWheelEvent*>(event)->position())) return false;
      wheel(watched, *static_cast<QWheelEvent*>(event));
      return true;
    default:
      return QWidget::eventFilter(watched, event);
  }
}

}  // namespace joulemark
