// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/edge.h>
#include <analysis/model/ids.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_block.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace joulemark {

// Counts pulses, high and low again, of each line.
class PulseCounter {
 public:
  struct Count {
    Line line;
    std::int64_t pulses = 0;
    bool high = false;
  };

  PulseCounter() = default;
  explicit PulseCounter(const std::vector<Line>& lines);

  void add(const Edge& edge);
  [[nodiscard]] const std::vector<Count>& counts() const { return counts_; }

 private:
  std::vector<Count> counts_;
};

// What a recording amounts to so far. Counts are of the primary channel.
class LiveSummary {
 public:
  // Errors: usage when there is no current, power or energy channel.
  [[nodiscard]] Status begin(const CaptureInfo& info);
  void add(const SampleBlock& block);
  void add(const Edge& edge) { pulses_.add(edge); }
  void add(const Anomaly& anomaly);

  [[nodiscard]] ChannelId primary() const { return primary_; }
  [[nodiscard]] std::int64_t samples() const { return samples_; }
  // As of the capture when it is read; what its writer had no room for is not known here.
  [[nodiscard]] std::int64_t lost_samples() const;
  [[nodiscard]] double rate_hz() const { return rate_hz_; }  // nominal; 0 when unknown
  // From the first sample to the end of the last one.
  [[nodiscard]] double duration_s() const;
  [[nodiscard]] std::optional<double> mean_current_a() const;  // none: the primary channel is no current
  [[nodiscard]] const PulseCounter& pulses() const { return pulses_; }

 private:
  [[nodiscard]] bool is_outside(const Anomaly& anomaly) const;

  ChannelId primary_;
  Channel channel_;
  double rate_hz_ = 0;
  std::int64_t samples_ = 0;
  std::int64_t first_index_ = 0;
  std::int64_t next_index_ = 0;
  std::int64_t paused_ = 0;       // unused indices where nothing was lost
  std::vector<Anomaly> outside_;  // losses before the first sample, or after the last so far
  TimeNs first_stamp_ns_ = 0;     // timed channels
  TimeNs last_stamp_ns_ = 0;
  double sum_ = 0;  // of stored values
  PulseCounter pulses_;
};

}  // namespace joulemark
