// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>
#include <analysis/model/sample_source.h>
#include <analysis/model/stream_check.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace joulemark {

// A capture kept in memory: a sink and a source. Made for tests and small inputs, and plain on purpose: every
// answer is computed from the samples by brute force, so it is the yardstick for sources that use summaries.
class MemoryCapture final : public SampleSink, public SampleSource {
 public:
  [[nodiscard]] Status begin(const CaptureInfo& info) override;
  [[nodiscard]] Status accept(const SampleBlock& block) override;
  [[nodiscard]] Status accept(const Edge& edge) override;
  [[nodiscard]] Status accept(const Marker& marker) override;
  [[nodiscard]] Status accept(const Anomaly& anomaly) override;
  [[nodiscard]] Status accept(const ClockPoint& point) override;
  [[nodiscard]] Status accept(const MetadataItem& item) override;
  [[nodiscard]] Status accept(const RawBytes& bytes) override;
  [[nodiscard]] Status end(EndReason reason) override;

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] EndReason end_reason() const override { return end_reason_; }
  [[nodiscard]] Result<Extent> extent(ChannelId channel) override;
  [[nodiscard]] Status read(ChannelId channel, IndexRange range, const BlockVisitor& visit) override;
  [[nodiscard]] Result<Summary> summarize(ChannelId channel, IndexRange range) override;
  [[nodiscard]] Result<std::vector<Integral>> integrals(ChannelId channel, std::span<const TimeRange> windows,
                                                        Boundary boundary) override;
  [[nodiscard]] Result<std::vector<ViewColumn>> view(ChannelId channel, TimeRange range,
                                                     std::size_t columns) override;
  [[nodiscard]] Status edges(TimeRange range, const EdgeVisitor& visit) override;
  [[nodiscard]] Result<std::vector<Marker>> markers() override { return markers_; }
  [[nodiscard]] Result<std::vector<Anomaly>> anomalies() override { return anomalies_; }
  [[nodiscard]] Result<std::vector<ClockPoint>> clock_points() override { return clock_points_; }
  [[nodiscard]] Result<std::vector<MetadataItem>> metadata() override { return metadata_; }

  [[nodiscard]] const std::vector<std::byte>& raw_bytes() const { return raw_bytes_; }

 private:
  struct Samples {  // of one channel, parallel arrays
    std::vector<std::int64_t> indices;
    std::vector<float> values;
    std::vector<TimeNs> stamps_ns;  // timed channels
  };

  [[nodiscard]] TimeRange holds(ChannelId channel, std::size_t sample) const;
  [[nodiscard]] double voltage_at(ChannelId voltage, TimeNs time_ns) const;
  [[nodiscard]] double unscaled(const Derivation& derivation, std::size_t sample) const;
  [[nodiscard]] Integral integrate(const Derivation& derivation, TimeRange window, Boundary boundary) const;

  StreamCheck check_;
  CaptureInfo info_;
  EndReason end_reason_ = EndReason::killed;
  std::vector<Samples> samples_;
  std::vector<Edge> edges_;
  std::vector<Marker> markers_;
  std::vector<Anomaly> anomalies_;
  std::vector<ClockPoint> clock_points_;
  std::vector<MetadataItem> metadata_;
  std::vector<std::byte> raw_bytes_;
};

}  // namespace joulemark
