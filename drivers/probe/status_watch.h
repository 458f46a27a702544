// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/instrument/trouble.h>

#include <jm_wire.h>

#include <array>
#include <cstdint>

namespace joulemark::probe {

// What the probe's counters say, as Anomalies. Losses that numbers and codes show by themselves are not told
// again.
class StatusWatch {
 public:
  // The sink outlives this.
  explicit StatusWatch(SampleSink& sink);

  // now_ns: the status' time, capture clock. index: of the next sample. Errors: the sink's.
  [[nodiscard]] Status accept(const jm_wire_status& status, TimeNs now_ns, std::int64_t index);
  // The probe's counts start anew (START).
  void restart() { before_ = {}; }
  [[nodiscard]] Status finish();

 private:
  struct Watched {
    jm_wire_count count;
    Tally tally;
  };

  SampleSink& sink_;
  std::array<Watched, 4> watched_;
  std::array<std::uint32_t, JM_WIRE_COUNTS> before_{};
  TimeNs last_ns_ = 0;
};

}  // namespace joulemark::probe
