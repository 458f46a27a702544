// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/edge_pairer.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace joulemark {

EdgePairer::EdgePairer(EventRule rule, std::uint32_t name, TimeNs hold_ns, bool both_levels)
    : rule_(std::move(rule)),
      name_(name),
      hold_ns_(hold_ns),
      both_levels_(both_levels),
      to_skip_(rule_.skip) {}

void EdgePairer::push(const Edge& edge, std::vector<Event>& out) {
  const bool first = !last_;
  const bool doubled = last_ && last_->level == edge.level;
  if (rule_.pairing == Pairing::level) {
    push_level(edge, first, out);
  } else {
    // A line recorded on one polarity alone (MLPerf runs) repeats its level by design.
    if (doubled && both_levels_) note_lost_edge(edge);
    if (uses(edge) && !too_close(edge)) push_paired(edge, out);
  }
  last_ = edge;
}

void EdgePairer::push_level(const Edge& edge, bool first, std::vector<Event>& out) {
  if (to_skip_ > 0) {
    --to_skip_;
    return;
  }
  const bool begins = edge.level != rule_.active_low;
  if (begins && !open_) {
    open_ = Open{edge, false};
  } else if (begins) {
    note(AnomalyKind::doubled_marker, {open_->edge.time_ns, edge.time_ns},
         "begins again while it is open; the window is left out");
    open_->spoiled = true;
  } else if (open_) {
    close(edge, out);
  } else if (first || last_->level != edge.level) {
    doubt({first ? k_plausible_time.begin_ns : last_->time_ns, edge.time_ns});
    note(AnomalyKind::unpaired_marker, {edge.time_ns, edge.time_ns},
         "ends without a beginning: the line was active when the capture or the rule began");
  } else {
    note(AnomalyKind::doubled_marker, {last_->time_ns, edge.time_ns}, "ends twice; an edge is missing");
  }
}

void EdgePairer::push_paired(const Edge& edge, std::vector<Event>& out) {
  last_used_ = edge;
  if (to_skip_ > 0) {
    --to_skip_;
  } else if (open_) {
    close(edge, out);
  } else {
    open_ = Open{edge, false};
  }
}

// Two edges of one level in a row: the one between them is missing. If the rule would have used it, pairing
// continues as if it had come, without the window it belonged to.
void EdgePairer::note_lost_edge(const Edge& edge) {
  note(AnomalyKind::doubled_marker, {last_->time_ns, edge.time_ns},
       "has two edges in a row that go the same way; one is missing, and the window it touches is left out");
  Edge lost = edge;
  lost.level = !edge.level;
  if (!uses(lost)) {
    if (open_) open_->spoiled = true;
  } else if (to_skip_ > 0) {
    --to_skip_;
  } else if (open_) {
    doubt({open_->edge.time_ns, edge.time_ns});  // it ended somewhere in there
    open_.reset();
  } else {
    open_ = Open{*last_, true};
  }
}

bool EdgePairer::uses(const Edge& edge) const {
  return rule_.pairing == Pairing::toggle || edge.level == (rule_.pairing == Pairing::rising);
}

bool EdgePairer::too_close(const Edge& edge) {
  if (!last_used_ || edge.time_ns - last_used_->time_ns >= hold_ns_) return false;
  const TimeRange time{last_used_->time_ns, edge.time_ns};
  ++ignored_edges_;
  if (time.empty()) {
    note(AnomalyKind::zero_length, time, "has two edges at one time; the second is ignored");
  } else {
    log_.add(AnomalyKind::glitch, Severity::info, time,
             fmt::format("event '{}' (d{}): an edge at {:.6f} s follows another within the hold time; it is "
                         "ignored",
                         rule_.name, rule_.line.value, to_seconds(edge.time_ns)));
  }
  return true;
}

void EdgePairer::close(const Edge& edge, std::vector<Event>& out) {
  const Open open = *open_;
  open_.reset();
  const TimeRange time{open.edge.time_ns, edge.time_ns};
  if (open.spoiled) {
    doubt(time);
    return;
  }
  if (time.empty()) {
    note(AnomalyKind::zero_length, time, "begins and ends at one time");
    return;
  }
  out.push_back({time, name_, std::max(open.edge.resolution_ns, edge.resolution_ns)});
}

void EdgePairer::finish(TimeNs end_ns) {
  if (!open_) return;
  const TimeRange time{open_->edge.time_ns, std::max(open_->edge.time_ns, end_ns)};
  if (open_->spoiled) {
    doubt(time);
    return;
  }
  const bool level = rule_.pairing == Pairing::level;
  note(level ? AnomalyKind::never_ending : AnomalyKind::unpaired_marker, time,
       level ? "is still open at the end of the capture" : "has an edge without its partner at the end");
  open_.reset();
}

void EdgePairer::doubt(TimeRange time) {
  if (time.empty()) return;
  if (!doubt_.empty() && time.begin_ns >= doubt_.back().begin_ns && time.begin_ns <= doubt_.back().end_ns) {
    doubt_.back().end_ns = std::max(doubt_.back().end_ns, time.end_ns);
  } else {
    doubt_.push_back(time);
  }
}

void EdgePairer::note(AnomalyKind kind, TimeRange time, const std::string& what) {
  doubt(time);
  log_.add(kind, Severity::doubtful, time,
           fmt::format("event '{}' (d{}) {} (at {:.6f} s)", rule_.name, rule_.line.value, what,
                       to_seconds(time.begin_ns)));
}

}  // namespace joulemark
