// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/edge_stream.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace joulemark::probe {
namespace {

constexpr TimeNs k_frame_ahead_ns = 3'000'000'000;   // of what a probe says of its time every second
constexpr TimeNs k_edge_ahead_ns = 1'000'000'000;    // of its frame's time, and ...
constexpr TimeNs k_edge_behind_ns = 60'000'000'000;  // ... for how long edges may wait for their frame

}  // namespace

EdgeStream::EdgeStream(const Setup& setup, const CaptureClock& clock, SampleSink& sink)
    : setup_(setup),
      clock_(clock),
      sink_(sink),
      last_ns_(setup.hello.lines.size()),
      lost_(AnomalyKind::lost_edges, Severity::data_loss,
            "{} [edge was lost, on whatever line|edges were lost, on whatever lines]", std::nullopt),
      strange_(
          AnomalyKind::protocol, Severity::doubtful,
          "{} [edge of a line that is|edges of lines that are] not watched, earlier than the one before, or "
          "of a time that cannot be; left out",
          std::nullopt) {
  for (std::size_t line = 0; line < last_ns_.size(); ++line)
    watched_.push_back(line < 16 && (setup.hello.facts.watched >> line & 1) != 0);
}

// What is left out counts as not come, so that the next edge shows the loss and how long it may have lasted.
Status EdgeStream::accept(const jm_wire_edges& edges, std::optional<TimeNs> heard_ns) {
  JM_TRY(pass_waiting());
  if (heard_ns && setup_.ns_of(jm_wire_ticks_of(edges.time)) > *heard_ns + k_frame_ahead_ns)
    return leave_out(edges.count);
  std::int64_t lost = edges.first > next_number_ ? edges.first - next_number_ : 0;
  next_number_ = came_ = edges.first + edges.count;
  for (std::uint8_t i = 0; i < edges.count; ++i) {
    const jm_wire_edge edge = jm_wire_get_edge(&edges, i);
    if (!is_near(edge, edges)) {
      ++lost;
      JM_TRY(leave_out(1));
      continue;
    }
    const Waiting waiting{edge, std::exchange(lost, 0)};
    if (clock_.offset_ns) {
      JM_TRY(pass_on(waiting));
    } else if (waiting_.size() < k_most_waiting) {
      waiting_.push_back(waiting);
    } else {
      lost = waiting.lost + edges.count - i;
      break;
    }
  }
  next_number_ -= static_cast<std::uint32_t>(lost);
  return {};
}

bool EdgeStream::is_near(const jm_wire_edge& edge, const jm_wire_edges& frame) const {
  const TimeNs ahead_ns =
      setup_.ns_of(jm_wire_ticks_of(edge.time)) - setup_.ns_of(jm_wire_ticks_of(frame.time));
  return ahead_ns <= k_edge_ahead_ns && ahead_ns >= -k_edge_behind_ns;
}

Status EdgeStream::leave_out(std::int64_t edges) {
  return strange_.add(sink_, {complete_ns_, complete_ns_}, 0, edges);
}

Status EdgeStream::pass_waiting() {
  if (!clock_.offset_ns || waiting_.empty()) return {};
  for (const Waiting& edge : waiting_)
    JM_TRY(pass_on(edge));
  waiting_.clear();
  return {};
}

Status EdgeStream::pass_on(const Waiting& waiting) {
  const auto& [edge, lost] = waiting;
  const bool known = edge.line < watched_.size() && watched_[edge.line];
  const jm_wire_line line = known ? setup_.hello.lines[edge.line] : jm_wire_line{};
  const std::uint64_t ticks = jm_wire_ticks_of(edge.time);
  const TimeNs time_ns = clock_.of(setup_.ns_of(ticks) - setup_.ns_of(line.lag_ticks));
  if (lost > 0) JM_TRY(lost_.add(sink_, {std::min(complete_ns_, time_ns), time_ns}, 0, lost));
  JM_TRY(lost_.pass_time(sink_, time_ns));
  JM_TRY(strange_.pass_time(sink_, time_ns));
  if (!known) return strange_.add(sink_, {time_ns, time_ns}, 0, 1);
  if (auto& last_ns = last_ns_[edge.line]; last_ns && time_ns < *last_ns) {  // one of the two lies
    JM_TRY(strange_.add(sink_, {time_ns, time_ns}, 0, 1));
    return lost_.add(sink_, {time_ns, *last_ns + 1}, 0, 1);
  }
  last_ns_[edge.line] = time_ns;
  complete_ns_ = std::max(complete_ns_, time_ns);
  const auto resolution_ns = static_cast<std::uint32_t>(
      std::min<TimeNs>(setup_.ns_of(std::max<std::uint16_t>(line.resolution_ticks, 1)),
                       std::numeric_limits<std::uint32_t>::max()));
  return sink_.accept(Edge{time_ns, resolution_ns, LineId{edge.line}, edge.level != 0});
}

Status EdgeStream::unobserved_until(TimeNs time_ns) {
  JM_TRY(pass_waiting());
  if (time_ns <= complete_ns_) return {};
  return unobserved({std::exchange(complete_ns_, time_ns), time_ns});
}

Status EdgeStream::unobserved(TimeRange time) {
  if (!std::ranges::count(watched_, true)) return {};
  JM_TRY(lost_.finish(sink_));
  return sink_.accept(Anomaly{AnomalyKind::lost_edges, Severity::data_loss, std::nullopt, time, 0, 1,
                              "the marker lines were not observed"});
}

Status EdgeStream::close(std::uint32_t next_number, TimeNs probe_ns) {
  JM_TRY(pass_waiting());
  if (!clock_.offset_ns) return {};
  const TimeNs now_ns = clock_.of(probe_ns);
  if (next_number > next_number_)
    JM_TRY(lost_.add(sink_, {std::min(complete_ns_, now_ns), now_ns}, 0, next_number - next_number_));
  next_number_ = came_ = next_number;
  complete_ns_ = std::max(complete_ns_, now_ns);
  return {};
}

Status EdgeStream::finish() {
  JM_TRY(pass_waiting());
  if (!waiting_.empty()) {
    return sink_.accept(Anomaly{AnomalyKind::lost_edges,
                                Severity::data_loss,
                                std::nullopt,
                                {},
                                0,
                                static_cast<std::int64_t>(waiting_.size() + (came_ - next_number_)),
                                "edges came, but no sample that would say when; they were left out"});
  }
  if (came_ > next_number_) JM_TRY(lost_.add(sink_, {complete_ns_, complete_ns_}, 0, came_ - next_number_));
  JM_TRY(lost_.finish(sink_));
  return strange_.finish(sink_);
}

}  // namespace joulemark::probe
