// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/progress.h>
#include <analysis/model/sample_source.h>

#include <stop_token>

namespace joulemark {

// Another source, which can be left in the middle of long work: once stop is requested every call fails with
// ErrorCode::io and the message k_cancelled. progress is told what part of the windows of an integral is
// done, 0 to 1.
class WatchedSource final : public SampleSource {
 public:
  static constexpr const char* k_cancelled = "cancelled";

  // The source outlives it.
  WatchedSource(SampleSource& source, std::stop_token stop, Progress progress = {})
      : source_(source), stop_(std::move(stop)), progress_(std::move(progress)) {}

  [[nodiscard]] const CaptureInfo& info() const override { return source_.info(); }
  [[nodiscard]] EndReason end_reason() const override { return source_.end_reason(); }
  [[nodiscard]] Result<Extent> extent(ChannelId channel) override { return source_.extent(channel); }
  [[nodiscard]] Status read(ChannelId channel, IndexRange range, const BlockVisitor& visit) override;
  [[nodiscard]] Result<Summary> summarize(ChannelId channel, IndexRange range) override;
  [[nodiscard]] Result<std::vector<Integral>> integrals(ChannelId channel, std::span<const TimeRange> windows,
                                                        Boundary boundary) override;
  [[nodiscard]] Result<std::vector<ViewColumn>> view(ChannelId channel, TimeRange range,
                                                     std::size_t columns) override;
  [[nodiscard]] Status edges(TimeRange range, const EdgeVisitor& visit) override;
  [[nodiscard]] Result<std::vector<Marker>> markers() override { return source_.markers(); }
  [[nodiscard]] Result<std::vector<Anomaly>> anomalies() override { return source_.anomalies(); }
  [[nodiscard]] Result<std::vector<ClockPoint>> clock_points() override { return source_.clock_points(); }
  [[nodiscard]] Result<std::vector<MetadataItem>> metadata() override { return source_.metadata(); }

 private:
  [[nodiscard]] Status go_on() const;

  SampleSource& source_;
  std::stop_token stop_;
  Progress progress_;
};

}  // namespace joulemark
