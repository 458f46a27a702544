// SPDX-License-Identifier: Apache-2.0
// One instrument into one sink, with a live summary. Used by the CLI and the dashboard alike.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/sample_sink.h>

#include <drivers/instrument/instrument.h>

#include <app/recording/live_summary.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace joulemark {

struct RecordingLimits {
  // Capture time: the recording ends with the last sample that begins before it, to the sample, on every
  // channel and line. None: until stop.
  std::optional<double> duration_s;
  // Stops once this many events are over: what codes show where the metadata says that lines are coded
  // ("markers"); else pulses on the line of the first event rule the instrument gives ("event.<name>"), or on
  // any line when it gives none. What arrived with the last one is kept.
  std::optional<std::int64_t> events;
  bool keep_raw = false;                    // pass the instrument's own bytes on
  std::vector<MetadataItem> metadata = {};  // recorded before the instrument's own
};

struct RecordingOutcome {
  EndReason end_reason = EndReason::failed;  // as it was written
  LiveSummary summary;
  std::optional<Error> error;  // what ended it early; all before is in the sink, properly closed
};

// Called on the recording thread after each block of the primary channel.
using RecordingProgress = std::function<void(const LiveSummary&)>;

// begin, run and end. Errors: those of the sink's begin, and usage when the instrument has no current, power
// or energy channel; then nothing was recorded. Else it runs on the calling thread until a limit is reached
// (completed), stop is requested (interrupted), or the instrument or the sink ends it. Errors in the outcome:
// those of the sink (io: ended as disk_full; anything else: failed), and of the instrument (failed; unplugged
// and stalled: protocol).
[[nodiscard]] Result<RecordingOutcome> record(Instrument& instrument, SampleSink& sink,
                                              const RecordingLimits& limits, const std::stop_token& stop,
                                              const RecordingProgress& progress = {});

}  // namespace joulemark
