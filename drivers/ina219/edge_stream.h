// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/ina219/acquisition.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark::ina219 {

// The edges of the marker lines, from the kernel's clock to the capture's.
class EdgeStream {
 public:
  // The sink outlives this.
  EdgeStream(std::size_t lines, std::uint32_t resolution_ns, SampleSink& sink);

  // By line: its level before the first edge, where that is known. now_ns: on CLOCK_MONOTONIC; later edges
  // alone will come.
  [[nodiscard]] Status start(const std::vector<std::optional<bool>>& levels, TimeNs now_ns);
  // zero_ns: the kernel's time of capture time 0. Not known before the first sample, so edges wait for it.
  [[nodiscard]] Status follow(TimeNs zero_ns);
  // now_ns: on CLOCK_MONOTONIC. Errors: protocol when the stamps are of another clock, the sink's.
  [[nodiscard]] Status accept(const TakenEdge& edge, TimeNs now_ns);
  // dropped: edges that were lost before they came here, in all. Nothing comes before end_ns any more.
  [[nodiscard]] Status finish(std::int64_t dropped, TimeNs end_ns);

  // No edges any more after watched_until_ns (CLOCK_MONOTONIC), or the last one that came, until the end of
  // the recording.
  [[nodiscard]] Status unwatched(TimeNs watched_until_ns, TimeNs end_ns);

  [[nodiscard]] std::int64_t lost() const { return lost_; }  // edges missing between two of one direction

 private:
  struct Last {
    std::optional<TimeNs> time_ns;  // none: as it began
    bool level = false;
  };

  [[nodiscard]] Status pass_on(const TakenEdge& taken);
  [[nodiscard]] Status tell_dropped(std::int64_t count, TimeNs next_ns);

  SampleSink& sink_;
  std::uint32_t resolution_ns_;
  std::vector<std::optional<Last>> last_;
  std::vector<TakenEdge> waiting_;
  std::optional<TimeNs> zero_ns_;
  TimeNs begun_ns_ = 0;
  TimeNs kept_until_ns_ = 0;       // capture time of the last edge on any line
  std::int64_t told_dropped_ = 0;  // of those that did not come here
  std::int64_t lost_ = 0;
};

}  // namespace joulemark::ina219
