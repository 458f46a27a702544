// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <app/recording/code_counter.h>
#include <app/recording/recorder.h>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace joulemark {

// Stands between the instrument and the sink: cuts at the limits, keeps the live summary, and remembers which
// error was the sink's. Reaching a limit requests a stop; what the instrument still gives is cut away.
class RecordingSink final : public SampleSink {
 public:
  // All outlive it.
  RecordingSink(SampleSink& sink, const RecordingLimits& limits, const RecordingProgress& progress,
                std::stop_source& stop);

  [[nodiscard]] Status begin(const CaptureInfo& info) override;
  [[nodiscard]] Status accept(const SampleBlock& block) override;
  [[nodiscard]] Status accept(const Edge& edge) override;
  [[nodiscard]] Status accept(const Marker& marker) override;
  [[nodiscard]] Status accept(const Anomaly& anomaly) override;
  [[nodiscard]] Status accept(const ClockPoint& point) override;
  [[nodiscard]] Status accept(const MetadataItem& item) override;
  [[nodiscard]] Status accept(const RawBytes& bytes) override;
  [[nodiscard]] Status end(EndReason reason) override;

  // First primary index that is not wanted any more; none without a duration or when the channel is timed.
  [[nodiscard]] std::optional<std::int64_t> end_index() const;
  [[nodiscard]] bool limit_reached() const { return limit_reached_; }
  [[nodiscard]] const LiveSummary& summary() const { return summary_; }
  [[nodiscard]] const std::optional<Error>& sink_error() const { return sink_error_; }

 private:
  // From the start of the block; may be negative, or more than it has.
  [[nodiscard]] std::int64_t samples_wanted(const Channel& channel, const SampleBlock& block) const;
  [[nodiscard]] SampleBlock cut(const SampleBlock& block) const;
  [[nodiscard]] bool wanted(TimeNs time_ns) const { return time_ns < end_ns_; }
  [[nodiscard]] std::int64_t pulses() const;
  [[nodiscard]] Status note_codes(const MetadataItem& item);
  void count_codes(TimeNs now_ns);
  [[nodiscard]] Status noted(Status status);
  void reach_limit();

  SampleSink& sink_;
  const RecordingLimits& limits_;
  const RecordingProgress& progress_;
  std::stop_source& stop_;
  std::vector<Channel> channels_;
  std::vector<Line> lines_;
  TimeNs end_ns_;
  std::optional<LineId> event_line_;  // of the first event rule
  bool event_rule_seen_ = false;
  std::optional<CodeCounter> codes_;  // instead of pulses, where events are counted and lines are coded
  bool limit_reached_ = false;
  LiveSummary summary_;
  std::optional<Error> sink_error_;
};

}  // namespace joulemark
