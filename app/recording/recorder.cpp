// SPDX-License-Identifier: Apache-2.0
#include <app/recording/recorder.h>
#include <app/recording/recording_sink.h>

#include <chrono>

namespace joulemark {
namespace {

CaptureInfo info_starting_now(const Instrument& instrument) {
  CaptureInfo info = instrument.info();
  if (info.started_at_utc_ns) return info;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  info.started_at_utc_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  return info;
}

// Why it ended, from what the instrument says and what stood in between.
EndReason reason_for(const Result<EndReason>& ran, const RecordingSink& sink) {
  if (sink.sink_error())
    return sink.sink_error()->code == ErrorCode::io ? EndReason::disk_full : EndReason::failed;
  if (!ran) return EndReason::failed;
  return sink.limit_reached() ? EndReason::completed : *ran;
}

std::optional<Error> error_for(const Result<EndReason>& ran, const RecordingSink& sink) {
  if (sink.sink_error()) return sink.sink_error();
  if (!ran) return ran.error();
  const std::string kept = sink.summary().samples() > 0 ? "; what it gave before is kept"
                                                        : "; it had given nothing that could be kept";
  switch (*ran) {
    case EndReason::unplugged:
      return Error{ErrorCode::protocol, "the instrument was unplugged" + kept};
    case EndReason::stalled:
      return Error{ErrorCode::protocol, "the instrument stopped sending" + kept};
    case EndReason::failed:
      return Error{ErrorCode::protocol, "the instrument failed" + kept};
    case EndReason::completed:
    case EndReason::interrupted:
    case EndReason::disk_full:
    case EndReason::killed:
      return std::nullopt;
  }
  return std::nullopt;
}

Status keep(const std::vector<MetadataItem>& metadata, SampleSink& sink) {
  for (const MetadataItem& item : metadata)
    JM_TRY(sink.accept(item));
  return {};
}

}  // namespace

Result<RecordingOutcome> record(Instrument& instrument, SampleSink& sink, const RecordingLimits& limits,
                                const std::stop_token& stop, const RecordingProgress& progress) {
  std::stop_source stop_instrument;
  const std::stop_callback pass_on(stop, [&] { stop_instrument.request_stop(); });
  RecordingSink recording(sink, limits, progress, stop_instrument);
  JM_TRY(recording.begin(info_starting_now(instrument)));
  if (const auto end = recording.end_index()) instrument.expect_end(*end);

  const Status kept = keep(limits.metadata, recording);
  const Result<EndReason> ran =
      kept ? instrument.run(recording, stop_instrument.get_token()) : tl::make_unexpected(kept.error());
  RecordingOutcome outcome;
  outcome.end_reason = reason_for(ran, recording);
  outcome.error = error_for(ran, recording);
  const Status ended = recording.end(outcome.end_reason);
  if (!ended && !outcome.error) outcome.error = ended.error();
  outcome.summary = recording.summary();
  return outcome;
}

}  // namespace joulemark
