// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/marker_lines.h>

#include <utility>

namespace joulemark::sim {

MarkerLines::MarkerLines(KwsTarget target, std::uint32_t resolution_ns)
    : target_(std::move(target)), resolution_ns_(resolution_ns) {}

std::optional<Edge> MarkerLines::next_before(TimeNs end_ns) {
  while (falls_ == nullptr && rises_ == nullptr) {
    const Phase phase = target_.next();
    const MarkerLine* line = marker_line(phase.activity);
    if (line == high_) continue;  // the same activity goes on
    falls_ = high_;
    rises_ = line;
    high_ = line;
    at_ns_ = phase.time.begin_ns;
  }
  if (at_ns_ >= end_ns) return std::nullopt;
  const bool level = falls_ == nullptr;
  return edge(std::exchange(level ? rises_ : falls_, nullptr)->line, level);
}

Edge MarkerLines::edge(LineId line, bool level) const {
  const TimeNs steps = (at_ns_ + resolution_ns_ / 2) / resolution_ns_;
  return {steps * resolution_ns_, resolution_ns_, line, level};
}

}  // namespace joulemark::sim
