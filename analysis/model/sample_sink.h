// SPDX-License-Identifier: Apache-2.0
// The joint between whatever produces samples (instruments, importers) and whatever takes them (the capture
// writer, a live summary, a Tee, a test's memory capture).
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/clock.h>
#include <analysis/model/edge.h>
#include <analysis/model/marker.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_block.h>

namespace joulemark {

// Call order: begin once, then accept in any mixture, then end once. Per channel, indices (and stamps) only
// rise; a jump in indices is a gap, which the producer also reports as an Anomaly. Edges rise in time per
// line.
//
// All calls come from one thread at a time. An Error means the sink can take nothing more: the producer stops
// and calls end(EndReason::failed) (or what fits better), which still closes properly what was accepted.
class SampleSink {
 public:
  SampleSink() = default;
  SampleSink(const SampleSink&) = delete;
  SampleSink& operator=(const SampleSink&) = delete;
  virtual ~SampleSink() = default;

  [[nodiscard]] virtual Status begin(const CaptureInfo& info) = 0;
  [[nodiscard]] virtual Status accept(const SampleBlock& block) = 0;
  [[nodiscard]] virtual Status accept(const Edge& edge) = 0;
  [[nodiscard]] virtual Status accept(const Marker& marker) = 0;
  [[nodiscard]] virtual Status accept(const Anomaly& anomaly) = 0;
  [[nodiscard]] virtual Status accept(const ClockPoint& point) = 0;
  [[nodiscard]] virtual Status accept(const MetadataItem& item) = 0;
  [[nodiscard]] virtual Status accept(const RawBytes& bytes) = 0;
  [[nodiscard]] virtual Status end(EndReason reason) = 0;
};

}  // namespace joulemark
