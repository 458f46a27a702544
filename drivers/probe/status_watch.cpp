// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/status_watch.h>

#include <algorithm>

namespace joulemark::probe {

StatusWatch::StatusWatch(SampleSink& sink)
    : sink_(sink),
      watched_{{{JM_WIRE_I2C_ERRORS,
                 {AnomalyKind::protocol, Severity::doubtful,
                  "{} [transfer|transfers] between the probe and its sensor [was|were] not acknowledged"}},
                {JM_WIRE_I2C_TIMEOUTS,
                 {AnomalyKind::instrument_fault, Severity::doubtful,
                  "the bus between the probe and its sensor stood still {} [time|times] and was cleared"}},
                {JM_WIRE_SENSOR_LOSSES,
                 {AnomalyKind::instrument_fault, Severity::doubtful,
                  "the probe's sensor stopped answering or had lost its settings, {} [time|times]; samples "
                  "around are "
                  "doubtful (check its supply and wires)"}},
                {JM_WIRE_SERIAL_ERRORS,
                 {AnomalyKind::protocol, Severity::info,
                  "{} [byte or frame on its|bytes or frames on their] way to the probe [was|were] damaged",
                  std::nullopt}}}} {}

Status StatusWatch::accept(const jm_wire_status& status, TimeNs now_ns, std::int64_t index) {
  const TimeRange since{std::min(last_ns_, now_ns), now_ns};
  for (Watched& watched : watched_) {
    const std::uint32_t count = status.counts[watched.count];
    const std::uint32_t more = count > before_[watched.count] ? count - before_[watched.count] : 0;
    if (more > 0) JM_TRY(watched.tally.add(sink_, since, index, more));
    JM_TRY(watched.tally.pass_time(sink_, now_ns));
  }
  std::ranges::copy(status.counts, before_.begin());
  last_ns_ = now_ns;
  return {};
}

Status StatusWatch::finish() {
  for (Watched& watched : watched_)
    JM_TRY(watched.tally.finish(sink_));
  return {};
}

}  // namespace joulemark::probe
