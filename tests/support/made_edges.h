// SPDX-License-Identifier: Apache-2.0
// A source of nothing but edges, made as they are asked for, which counts how many were.
#pragma once

#include <analysis/model/sample_source.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace joulemark {

class MadeEdges final : public SampleSource {
 public:
  // make: the edge of a number; their times never fall. lines: how many there are, from LineId 0 on.
  MadeEdges(std::uint32_t lines, std::int64_t count, std::function<Edge(std::int64_t)> make)
      : count_(count), make_(std::move(make)) {
    info_.channels.resize(1);
    for (std::uint32_t i = 0; i < lines; ++i)
      info_.lines.push_back({LineId{i}, "line"});
  }

  [[nodiscard]] std::int64_t given() const { return given_; }

  [[nodiscard]] Status edges(TimeRange range, const EdgeVisitor& visit) override {
    constexpr std::size_t k_batch = 4096;
    std::vector<Edge> batch;
    for (std::int64_t i = first_from(range.begin_ns); i < count_; ++i) {
      const Edge edge = make_(i);
      if (edge.time_ns >= range.end_ns) break;
      batch.push_back(edge);
      ++given_;
      if (batch.size() < k_batch) continue;
      JM_TRY(visit(batch));
      batch.clear();
    }
    return batch.empty() ? Status() : visit(batch);
  }

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] EndReason end_reason() const override { return EndReason::completed; }
  [[nodiscard]] Result<Extent> extent(ChannelId) override { return Extent(); }
  [[nodiscard]] Status read(ChannelId, IndexRange, const BlockVisitor&) override { return {}; }
  [[nodiscard]] Result<Summary> summarize(ChannelId, IndexRange) override { return Summary(); }
  [[nodiscard]] Result<std::vector<Integral>> integrals(ChannelId, std::span<const TimeRange>,
                                                        Boundary) override {
    return std::vector<Integral>();
  }
  [[nodiscard]] Result<std::vector<ViewColumn>> view(ChannelId, TimeRange, std::size_t) override {
    return std::vector<ViewColumn>();
  }
  [[nodiscard]] Result<std::vector<Marker>> markers() override { return std::vector<Marker>(); }
  [[nodiscard]] Result<std::vector<Anomaly>> anomalies() override { return std::vector<Anomaly>(); }
  [[nodiscard]] Result<std::vector<ClockPoint>> clock_points() override { return std::vector<ClockPoint>(); }
  [[nodiscard]] Result<std::vector<MetadataItem>> metadata() override { return std::vector<MetadataItem>(); }

 private:
  [[nodiscard]] std::int64_t first_from(TimeNs time_ns) const {
    std::int64_t low = 0;
    for (std::int64_t high = count_; low < high;) {
      const std::int64_t middle = low + (high - low) / 2;
      if (make_(middle).time_ns < time_ns)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  CaptureInfo info_;
  std::int64_t count_;
  std::function<Edge(std::int64_t)> make_;
  std::int64_t given_ = 0;
};

}  // namespace joulemark
