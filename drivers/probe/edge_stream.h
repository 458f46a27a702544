// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/instrument/trouble.h>
#include <drivers/probe/capture_clock.h>
#include <drivers/probe/setup.h>

#include <jm_wire.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark::probe {

// The edges of the marker lines, on the capture clock: stamps less each line's lag, with its resolution. Lost
// ones are told as a stretch in which lines were not observed. Pure.
class EdgeStream {
 public:
  // All outlive it.
  EdgeStream(const Setup& setup, const CaptureClock& clock, SampleSink& sink);

  // Edges that come before the clock is set wait for it; those from a time that cannot be are left out as
  // lost. heard_ns: what the probe last said of its own clock, if it did. Errors (here and below): the
  // sink's.
  [[nodiscard]] Status accept(const jm_wire_edges& edges, std::optional<TimeNs> heard_ns);
  [[nodiscard]] Status pass_waiting();
  void restart_numbers() { next_number_ = came_ = 0; }
  // Every edge before that time (on the probe's clock) has come.
  void complete_until(TimeNs probe_ns) { complete_ns_ = clock_.of(probe_ns); }
  // No line was observed from the last edge until then. capture time.
  [[nodiscard]] Status unobserved_until(TimeNs time_ns);
  // No edge in that time (capture time) can be trusted.
  [[nodiscard]] Status unobserved(TimeRange time);
  // The probe told how many edges there were in all.
  [[nodiscard]] Status close(std::uint32_t next_number, TimeNs probe_ns);
  [[nodiscard]] Status finish();

  [[nodiscard]] std::int64_t lost() const { return lost_.total(); }

 private:
  struct Waiting {
    jm_wire_edge edge;
    std::int64_t lost = 0;  // before it
  };
  static constexpr std::size_t k_most_waiting = 65536;

  [[nodiscard]] bool is_near(const jm_wire_edge& edge, const jm_wire_edges& frame) const;
  [[nodiscard]] Status leave_out(std::int64_t edges);
  [[nodiscard]] Status pass_on(const Waiting& waiting);

  Setup setup_;
  const CaptureClock& clock_;
  SampleSink& sink_;
  std::vector<std::optional<TimeNs>> last_ns_;  // by line; none: not watched, or no edge yet
  std::vector<bool> watched_;
  std::vector<Waiting> waiting_;
  Tally lost_;
  Tally strange_;
  std::uint32_t next_number_ = 0;
  std::uint32_t came_ = 0;  // until that number; beyond next_number_ are those that could not wait
  TimeNs complete_ns_ = 0;  // capture time
};

}  // namespace joulemark::probe
