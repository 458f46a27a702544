// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/edge.h>
#include <analysis/model/marker.h>
#include <analysis/timing/anomaly_log.h>
#include <analysis/timing/event_rule.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark {

// Edges further out than 73 years are no recording's.
inline constexpr TimeRange k_plausible_time{-(TimeNs{1} << 61), TimeNs{1} << 61};

// Turns the edges of one line into the windows of one rule. A window of which anything is in doubt (a lost or
// doubled edge inside, no length, no end) becomes an Anomaly and never an event; its time is in doubt().
class EdgePairer {
 public:
  // name: what Event::name will be. both_levels: the line was recorded on both polarities, so two edges in a
  // row that go the same way mean that one is missing.
  EdgePairer(EventRule rule, std::uint32_t name, TimeNs hold_ns, bool both_levels);

  // Edges of the rule's line in time order, glitches taken out.
  void push(const Edge& edge, std::vector<Event>& out);
  // The capture is over.
  void finish(TimeNs end_ns);

  [[nodiscard]] std::uint32_t name() const { return name_; }
  [[nodiscard]] AnomalyLog& log() { return log_; }
  // Edges that came too soon after another (those of glitches are gone before).
  [[nodiscard]] std::int64_t ignored_edges() const { return ignored_edges_; }
  // Stretches in which the event may have been under way, though no window of it is known. May overlap; one
  // that was open before the first edge begins at the start of plausible time.
  [[nodiscard]] const std::vector<TimeRange>& doubt() const { return doubt_; }

 private:
  struct Open {
    Edge edge;
    bool spoiled = false;  // already an Anomaly
  };

  void push_level(const Edge& edge, bool first, std::vector<Event>& out);
  void push_paired(const Edge& edge, std::vector<Event>& out);
  void note_lost_edge(const Edge& edge);
  [[nodiscard]] bool uses(const Edge& edge) const;
  [[nodiscard]] bool too_close(const Edge& edge);
  void close(const Edge& edge, std::vector<Event>& out);
  void note(AnomalyKind kind, TimeRange time, const std::string& what);
  void doubt(TimeRange time);

  EventRule rule_;
  std::uint32_t name_;
  TimeNs hold_ns_;
  bool both_levels_;
  std::int64_t to_skip_;
  std::int64_t ignored_edges_ = 0;
  std::optional<Edge> last_;
  std::optional<Edge> last_used_;
  std::optional<Open> open_;
  AnomalyLog log_;
  std::vector<TimeRange> doubt_;
};

}  // namespace joulemark
