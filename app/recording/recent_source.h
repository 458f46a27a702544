// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_source.h>

namespace joulemark {

// The end of another source, as if the recording had begun later: so that figures can be told while a
// recording goes on, at a cost that does not grow with it. Times and indices stay those of the whole. Timed
// channels and the saved windows of a person are passed on uncut.
// That the recording has no end yet is nothing to tell here.
class RecentSource final : public SampleSource {
 public:
  // The source outlives it. Of its primary channel the last length_ns count.
  RecentSource(SampleSource& source, TimeNs length_ns);

  [[nodiscard]] const CaptureInfo& info() const override { return source_.info(); }
  [[nodiscard]] EndReason end_reason() const override { return EndReason::completed; }
  [[nodiscard]] Result<Extent> extent(ChannelId channel) override;
  [[nodiscard]] Status read(ChannelId channel, IndexRange range, const BlockVisitor& visit) override;
  [[nodiscard]] Result<Summary> summarize(ChannelId channel, IndexRange range) override;
  [[nodiscard]] Result<std::vector<Integral>> integrals(ChannelId channel, std::span<const TimeRange> windows,
                                                        Boundary boundary) override;
  [[nodiscard]] Result<std::vector<ViewColumn>> view(ChannelId channel, TimeRange range,
                                                     std::size_t columns) override;
  [[nodiscard]] Status edges(TimeRange range, const EdgeVisitor& visit) override;
  [[nodiscard]] Result<std::vector<Marker>> markers() override { return source_.markers(); }
  [[nodiscard]] Result<std::vector<Anomaly>> anomalies() override;
  [[nodiscard]] Result<std::vector<ClockPoint>> clock_points() override { return source_.clock_points(); }
  [[nodiscard]] Result<std::vector<MetadataItem>> metadata() override { return source_.metadata(); }

 private:
  [[nodiscard]] bool cut(ChannelId channel) const;
  [[nodiscard]] IndexRange recent(ChannelId channel) const;

  SampleSource& source_;
  TimeNs begin_ns_;
};

}  // namespace joulemark
