// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/edge_stream.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark::ina219 {
namespace {

constexpr TimeNs k_same_clock_ns = 60'000'000'000;

}  // namespace

EdgeStream::EdgeStream(std::size_t lines, std::uint32_t resolution_ns, SampleSink& sink)
    : sink_(sink), resolution_ns_(resolution_ns), last_(lines) {}

Status EdgeStream::start(const std::vector<std::optional<bool>>& levels, TimeNs now_ns) {
  begun_ns_ = now_ns;
  for (std::size_t line = 0; line < std::min(levels.size(), last_.size()); ++line) {
    if (!levels[line]) continue;
    last_[line] = Last{std::nullopt, *levels[line]};
    JM_TRY(sink_.accept(MetadataItem{fmt::format("line.d{}.initial", line), *levels[line] ? "high" : "low"}));
  }
  return {};
}

Status EdgeStream::follow(TimeNs zero_ns) {
  zero_ns_ = zero_ns;
  for (const TakenEdge& edge : waiting_)
    JM_TRY(pass_on(edge));
  waiting_.clear();
  return {};
}

// However long an edge waited for us, it came after the beginning.
Status EdgeStream::accept(const TakenEdge& edge, TimeNs now_ns) {
  const TimeNs time_ns = edge.edge.time_ns;
  if (time_ns < begun_ns_ - k_same_clock_ns || time_ns > now_ns + k_same_clock_ns) {
    return fail(ErrorCode::protocol,
                "the gpiochip stamps its edges on another clock than the samples have (so do kernels before "
                "5.7): update the kernel, or record without markers");
  }
  if (zero_ns_) return pass_on(edge);
  waiting_.push_back(edge);
  return {};
}

Status EdgeStream::tell_dropped(std::int64_t count, TimeNs next_ns) {
  if (count == 0) return {};
  told_dropped_ += count;
  return sink_.accept(Anomaly{AnomalyKind::lost_edges,
                              Severity::data_loss,
                              std::nullopt,
                              {std::min(kept_until_ns_, next_ns), next_ns},
                              0,
                              count,
                              format_count(count, "edge") + " did not fit into the queue"});
}

Status EdgeStream::finish(std::int64_t dropped, TimeNs end_ns) {
  return tell_dropped(dropped - told_dropped_, end_ns);
}

Status EdgeStream::unwatched(TimeNs watched_until_ns, TimeNs end_ns) {
  if (!zero_ns_) return {};
  const TimeNs begin_ns = std::max(kept_until_ns_, watched_until_ns - *zero_ns_);
  if (begin_ns >= end_ns) return {};
  return sink_.accept(Anomaly{AnomalyKind::lost_edges,
                              Severity::data_loss,
                              std::nullopt,
                              {begin_ns, end_ns},
                              0,
                              1,
                              "the gpiochip had gone: edges of this time are not known"});
}

Status EdgeStream::pass_on(const TakenEdge& taken) {
  const gpio::RawEdge& edge = taken.edge;
  if (edge.line >= last_.size()) return {};
  const TimeNs time_ns = edge.time_ns - *zero_ns_;
  JM_TRY(tell_dropped(taken.lost, time_ns));
  kept_until_ns_ = std::max(kept_until_ns_, time_ns);
  std::optional<Last>& last = last_[edge.line];
  if (last && last->time_ns && time_ns < *last->time_ns) return {};
  if (last && last->level == edge.level) {
    ++lost_;
    JM_TRY(
        sink_.accept(Anomaly{AnomalyKind::lost_line,
                             Severity::data_loss,
                             std::nullopt,
                             {last->time_ns.value_or(std::min<TimeNs>(0, time_ns)), time_ns},
                             0,
                             1,
                             fmt::format("d{}: two {} edges in a row, so at least one between them was lost",
                                         edge.line, edge.level ? "rising" : "falling")}));
  }
  last = Last{time_ns, edge.level};
  return sink_.accept(Edge{time_ns, resolution_ns_, LineId{edge.line}, edge.level});
}

}  // namespace joulemark::ina219
