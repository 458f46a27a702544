// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <vector>

namespace joulemark {

// Passes everything on to several sinks, in turn, on the caller's thread. The first Error is returned, but
// every sink still gets the call: one that fails does not starve the others of what they can still take.
class Tee final : public SampleSink {
 public:
  // The sinks outlive the Tee.
  explicit Tee(std::vector<SampleSink*> sinks) : sinks_(std::move(sinks)) {}

  [[nodiscard]] Status begin(const CaptureInfo& info) override;
  [[nodiscard]] Status accept(const SampleBlock& block) override;
  [[nodiscard]] Status accept(const Edge& edge) override;
  [[nodiscard]] Status accept(const Marker& marker) override;
  [[nodiscard]] Status accept(const Anomaly& anomaly) override;
  [[nodiscard]] Status accept(const ClockPoint& point) override;
  [[nodiscard]] Status accept(const MetadataItem& item) override;
  [[nodiscard]] Status accept(const RawBytes& bytes) override;
  [[nodiscard]] Status end(EndReason reason) override;

 private:
  std::vector<SampleSink*> sinks_;
};

}  // namespace joulemark
