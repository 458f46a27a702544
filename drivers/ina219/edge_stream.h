// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/transport/gpio/edge_source.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark::ina219 {

// The edges of the marker lines, from the kernel's clock to the capture's.
class EdgeStream {
 public:
  // The sink outlives this.
  EdgeStream(std::size_t lines, std::uint32_t resolution_ns, SampleSink& sink);

  // zero_ns: the kernel's time of capture time 0. Not known before the first sample, so edges wait for it.
  [[nodiscard]] Status follow(TimeNs zero_ns);
  // now_ns: on CLOCK_MONOTONIC. Errors: protocol when the stamps are of another clock, the sink's.
  [[nodiscard]] Status accept(const gpio::RawEdge& edge, TimeNs now_ns);

  [[nodiscard]] std::int64_t lost() const { return lost_; }  // edges missing between two of one direction

 private:
  struct Last {
    TimeNs time_ns = 0;
    bool level = false;
  };

  [[nodiscard]] Status pass_on(const gpio::RawEdge& edge);

  SampleSink& sink_;
  std::uint32_t resolution_ns_;
  std::vector<std::optional<Last>> last_;
  std::vector<gpio::RawEdge> waiting_;
  std::optional<TimeNs> zero_ns_;
  std::int64_t lost_ = 0;
};

}  // namespace joulemark::ina219
