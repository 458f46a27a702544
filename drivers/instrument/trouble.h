// SPDX-License-Identifier: Apache-2.0
// From single mishaps to Anomalies that a person can read: neither one per sample nor one for everything.
#pragma once

#include <analysis/model/sample_sink.h>

#include <cstdint>
#include <optional>
#include <string>

namespace joulemark {

// What marks a stretch of samples (clipped ones). Stretches less than k_apart samples apart are told as one.
class Spell {
 public:
  static constexpr std::int64_t k_apart = 16;

  Spell(AnomalyKind kind, ChannelId channel, std::string message)
      : kind_(kind), channel_(channel), message_(std::move(message)) {}

  // For every sample, in order; held: its interval. Errors: the sink's.
  [[nodiscard]] Status observe(SampleSink& sink, bool occurs, std::int64_t index, TimeRange held);
  [[nodiscard]] Status finish(SampleSink& sink);

 private:
  AnomalyKind kind_;
  ChannelId channel_;
  std::string message_;
  std::optional<TimeRange> time_;  // of the stretch that is open
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  std::int64_t count_ = 0;
};

// What happens now and then (missed conversions, failed transfers): counted, and told once a second.
class Tally {
 public:
  // message: as with_count takes it, "{} [conversion was|conversions were] missed".
  Tally(AnomalyKind kind, Severity severity, std::string message,
        std::optional<ChannelId> channel = ChannelId{0})
      : kind_(kind), severity_(severity), message_(std::move(message)), channel_(channel) {}

  [[nodiscard]] Status add(SampleSink& sink, TimeRange time, std::int64_t first_index, std::int64_t count);
  [[nodiscard]] Status pass_time(SampleSink& sink, TimeNs now_ns);  // tells what is old enough
  [[nodiscard]] Status finish(SampleSink& sink);
  [[nodiscard]] std::int64_t total() const { return total_; }

 private:
  AnomalyKind kind_;
  Severity severity_;
  std::string message_;
  std::optional<ChannelId> channel_;
  std::optional<TimeRange> time_;
  std::int64_t first_ = 0;
  std::int64_t count_ = 0;
  std::int64_t total_ = 0;
};

}  // namespace joulemark
