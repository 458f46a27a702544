// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/edge.h>

#include <drivers/sim/kws_target.h>

#include <cstdint>
#include <optional>

namespace joulemark::sim {

// The edges of the target's marker lines, as an input of the given resolution sees them (1 ns: exactly).
class MarkerLines {
 public:
  MarkerLines(KwsTarget target, std::uint32_t resolution_ns);

  // The next edge whose true time is before end_ns; none when there is no more.
  [[nodiscard]] std::optional<Edge> next_before(TimeNs end_ns);

 private:
  [[nodiscard]] Edge edge(LineId line, bool level) const;

  KwsTarget target_;
  std::uint32_t resolution_ns_;
  const MarkerLine* falls_ = nullptr;  // at at_ns_, before rises_
  const MarkerLine* rises_ = nullptr;
  const MarkerLine* high_ = nullptr;  // after at_ns_
  TimeNs at_ns_ = 0;
};

}  // namespace joulemark::sim
