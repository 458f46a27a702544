// SPDX-License-Identifier: Apache-2.0
// Trouble in the data is data: it is recorded in the capture and shown in the report, never only logged.
#pragma once

#include <analysis/model/ids.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace joulemark {

enum class AnomalyKind {
  gap,               // samples lost; their indices stay unused
  dead_time,         // samples the instrument never takes by design (calibration), bridged
  over_range,        // the instrument said its range was exceeded
  clipped,           // values stuck at the end of the range
  crc_error,         // bytes damaged on the way
  protocol,          // the instrument broke its own protocol
  clock_jump,        // the instrument's clock jumped or ran backwards
  clock_drift,       // it runs off its specified rate
  duplicate_time,    // two samples with one stamp; the second was left out
  unsorted,          // stamps out of order; the late ones were left out
  invalid_value,     // NaN, infinite or unparsable; left out
  truncated,         // the input ends in the middle of something
  overflow,          // our own queue was full (live recording)
  instrument_fault,  // over-current, thermal or power flags
  unpaired_marker,   // an edge without its partner
  doubled_marker,    // a begin inside an open window, or an end without one
  zero_length,       // a window that begins and ends at one time
  never_ending,      // a window still open at the end of the capture
  glitch,            // pulses shorter than the hold time, ignored
  lost_line,         // a digital line was not observed for a while
  lost_edges,        // in exactly that time edges of any line may be missing: no event may reach over it
  damaged,           // the capture file itself lost something
};

// data_loss: something that was there to measure is not in the capture. doubtful: it is, but may be wrong.
enum class Severity { info, doubtful, data_loss };

[[nodiscard]] std::string_view name_of(AnomalyKind kind);
[[nodiscard]] std::string_view name_of(Severity severity);
[[nodiscard]] std::optional<AnomalyKind> anomaly_kind_from_name(std::string_view name);
[[nodiscard]] std::optional<Severity> severity_from_name(std::string_view name);

struct Anomaly {
  AnomalyKind kind = AnomalyKind::gap;
  Severity severity = Severity::doubtful;
  std::optional<ChannelId> channel;  // none: the whole capture, or a line
  TimeRange time;                    // where; begin == end for an instant
  std::int64_t first_index = 0;      // of the channel, where that applies
  std::int64_t count = 1;            // samples (gap, clipped ...) or occurrences
  std::string message;               // one sentence for the user

  bool operator==(const Anomaly&) const = default;
};

}  // namespace joulemark
