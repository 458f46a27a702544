// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/edge_stream.h>

#include <algorithm>
#include <limits>

namespace joulemark::probe {

EdgeStream::EdgeStream(const Setup& setup, const CaptureClock& clock, SampleSink& sink)
    : setup_(setup),
      clock_(clock),
      sink_(sink),
      last_ns_(setup.hello.lines.size()),
      lost_(AnomalyKind::lost_edges, Severity::data_loss,
            "{} [edge was lost, on whatever line|edges were lost, on whatever lines]", std::nullopt),
      strange_(AnomalyKind::protocol, Severity::doubtful,
               "{} [edge of a line that is|edges of lines that are] not watched, or earlier than the one "
               "before; left out",
               std::nullopt) {
  for (std::size_t line = 0; line < last_ns_.size(); ++line)
    watched_.push_back(line < 16 && (setup.hello.facts.watched >> line & 1) != 0);
}

Status EdgeStream::accept(const jm_wire_edges& edges) {
  JM_TRY(pass_waiting());
  std::int64_t lost = edges.first > next_number_ ? edges.first - next_number_ : 0;
  next_number_ = came_ = edges.first + edges.count;
  for (std::uint8_t i = 0; i < edges.count; ++i, lost = 0) {
    const Waiting edge{jm_wire_get_edge(&edges, i), lost};
    if (clock_.offset_ns) {
      JM_TRY(pass_on(edge));
    } else if (waiting_.size() < k_most_waiting) {
      waiting_.push_back(edge);
    } else {
      next_number_ = edges.first + i - static_cast<std::uint32_t>(lost);  // the next one kept shows the loss
      return {};
    }
  }
  return {};
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
  if (!known || (last_ns_[edge.line] && time_ns < *last_ns_[edge.line]))
    return strange_.add(sink_, {time_ns, time_ns}, 0, 1);
  last_ns_[edge.line] = time_ns;
  complete_ns_ = std::max(complete_ns_, time_ns);
  const auto resolution_ns = static_cast<std::uint32_t>(
      std::min<TimeNs>(setup_.ns_of(std::max<std::uint16_t>(line.resolution_ticks, 1)),
                       std::numeric_limits<std::uint32_t>::max()));
  return sink_.accept(Edge{time_ns, resolution_ns, LineId{edge.line}, edge.level != 0});
}

Status EdgeStream::unobserved_until(TimeNs time_ns) {
  JM_TRY(pass_waiting());
  if (time_ns <= complete_ns_ || !std::ranges::count(watched_, true)) return {};
  JM_TRY(lost_.finish(sink_));
  const Anomaly anomaly{AnomalyKind::lost_edges,
                        Severity::data_loss,
                        std::nullopt,
                        {complete_ns_, time_ns},
                        0,
                        1,
                        "the marker lines were not observed"};
  complete_ns_ = time_ns;
  return sink_.accept(anomaly);
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
