// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>
#include <analysis/energy/window_stats.h>

#include <app/dashboard/overlay.h>
#include <app/models/event_setup.h>
#include <app/models/wave_source.h>

#include <QTimer>
#include <QWidget>
#include <memory>
#include <string>
#include <vector>

namespace joulemark {

class EventRibbon;
class LaneView;
class Minimap;
class Pane;
class TimeAxis;
class TimeWindow;

// Current, power, voltage, lanes and axis over one shared stretch of time, and what the pointer does with it:
// wheel zooms at the pointer (with Ctrl: the value axis), drag pans, Shift-drag selects, a cursor's line can
// be dragged, double click zooms to the event under it.
class WaveformView final : public QWidget {
  Q_OBJECT
 public:
  explicit WaveformView(TimeWindow& window, QWidget* parent = nullptr);

  // Null: nothing to draw. The source outlives its use here.
  void set_source(WaveSource* source);
  void set_analysis(std::shared_ptr<const Analysis> analysis);
  void set_setup(const EventSetup& setup);
  void set_stale(bool stale);  // the events are of other rules than those that are shown
  void set_stats(std::size_t pair, const std::optional<WindowStats>& stats);
  // None while they are of another stretch than the cursors'.
  [[nodiscard]] const std::optional<WindowStats>& stats(std::size_t pair) const { return stats_[pair]; }

  void refresh();  // reads and draws at once
  void refresh_minimap();
  void set_following(bool on) { following_ = on; }  // live: the minimap changes with every picture
  void apply_theme();

  void set_logarithmic(bool on);
  [[nodiscard]] bool logarithmic() const;
  void reset_values();
  [[nodiscard]] Pane* pane(Quantity quantity) const;
  [[nodiscard]] std::optional<std::size_t> event_at(TimeNs time_ns) const;

  // The active cursor, as far as the pointer would take it in so many pixels, or in sample intervals. The
  // view follows it.
  void step_cursor_by_pixels(int pixels);
  void step_cursor_by_samples(int samples);

 Q_SIGNALS:
  void troubled(const QString& message);  // something cannot be read and is drawn as nothing; once a cause
  void eventActivated(std::size_t event);
  void contextRequested(const QPoint& global, joulemark::TimeNs time_ns, joulemark::Quantity quantity);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  enum class Drag { none, pan, select, cursor };
  [[nodiscard]] TimeScale scale() const;
  [[nodiscard]] Pane* pane_of(QObject* watched) const;
  void rebuild_overlay();
  void show_overlay();
  void show_lanes();
  void choose_panes();
  void refresh_lanes();
  void tell_trouble();
  bool press(QObject* watched, QMouseEvent& event);
  void move(double x);
  void release();
  void wheel(QObject* watched, QWheelEvent& event);
  bool grab_cursor(double x);
  void step_cursor_to(TimeNs time_ns);

  TimeWindow& window_;
  WaveSource* source_ = nullptr;
  std::shared_ptr<const Analysis> analysis_;
  std::vector<TimeNs> latest_end_;  // of the first i + 1 events: finds those that reach into the view
  EventSetup setup_;
  Overlay overlay_;
  std::array<std::optional<WindowStats>, 2> stats_;
  std::vector<Pane*> panes_;
  Minimap* minimap_;
  EventRibbon* ribbon_;
  LaneView* lanes_;
  TimeAxis* axis_;
  QTimer soon_;
  bool following_ = false;
  std::string told_;  // the trouble that was told last

  Drag drag_ = Drag::none;
  double drag_x_ = 0;
  TimeNs drag_from_ns_ = 0;
  TimeRange drag_range_;
};

}  // namespace joulemark
