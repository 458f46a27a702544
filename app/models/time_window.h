// SPDX-License-Identifier: GPL-3.0-or-later
// What all panes show together: a stretch of time and two pairs of cursors.
#pragma once

#include <analysis/model/time.h>

#include <QObject>
#include <array>
#include <optional>
#include <vector>

namespace joulemark {

class TimeWindow final : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  // The most that can be shown; range() follows to stay inside. shortest_ns: no zoom goes closer.
  void set_limits(TimeRange limits, TimeNs shortest_ns);
  [[nodiscard]] TimeRange limits() const { return limits_; }
  [[nodiscard]] TimeRange range() const { return range_; }

  void show(TimeRange range);  // remembered, see back()
  void show_all() { show(limits_); }
  void zoom(double factor, TimeNs around_ns);  // factor < 1 looks closer; not remembered
  void pan(TimeNs by_ns);
  void show_end(TimeNs length_ns);         // the last so much of the limits; not remembered
  void back();                             // to where show() was called last
  void forget_way() { visited_.clear(); }  // what was visited is of another capture
  [[nodiscard]] bool can_go_back() const { return !visited_.empty(); }

  static constexpr std::size_t k_pairs = 2;
  [[nodiscard]] std::optional<TimeRange> cursors(std::size_t pair) const { return cursors_[pair]; }
  // In any order of their ends; none: hidden.
  void set_cursors(std::size_t pair, std::optional<TimeRange> between);

  // The cursor that keys and pointer move: of a pair the one at its begin or at its end.
  struct Cursor {
    std::size_t pair = 0;
    bool at_end = false;

    bool operator==(const Cursor&) const = default;
  };
  // None: no cursor is shown.
  [[nodiscard]] std::optional<Cursor> active_cursor() const;
  [[nodiscard]] std::optional<TimeNs> active_time() const;
  void set_active_cursor(Cursor cursor);
  void activate_next_cursor();  // of those that are shown
  // To a time within the limits. Past its partner it becomes the other one of the pair.
  void move_active_cursor(TimeNs time_ns);

 Q_SIGNALS:
  void rangeChanged();
  void cursorsChanged(std::size_t pair);
  void activeCursorChanged();

 private:
  void apply(TimeRange range);

  TimeRange limits_{0, 1'000'000'000};
  TimeRange range_{0, 1'000'000'000};
  TimeNs shortest_ns_ = 1000;
  std::vector<TimeRange> visited_;
  std::array<std::optional<TimeRange>, k_pairs> cursors_;
  Cursor active_;
};

}  // namespace joulemark
