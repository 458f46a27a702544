// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/sample_sink.h>

#include <functional>
#include <string>
#include <vector>

namespace joulemark {

// What a person says of events goes into a new capture instead of what its instrument recommends, from the
// beginning on: it is there however the recording ends. All else is passed on.
class OwnRules final : public SampleSink {
 public:
  // rules: see metadata_of; empty: the instrument's are kept. So they are where the recording has not the
  // lines that the rules need: refused is then called with the reason, on the recording thread. to outlives
  // this.
  OwnRules(std::vector<MetadataItem> rules, SampleSink& to, std::function<void(const Error&)> refused)
      : rules_(std::move(rules)), to_(to), refused_(std::move(refused)) {}

  [[nodiscard]] Status begin(const CaptureInfo& info) override;
  [[nodiscard]] Status accept(const SampleBlock& block) override { return to_.accept(block); }
  [[nodiscard]] Status accept(const Edge& edge) override { return to_.accept(edge); }
  [[nodiscard]] Status accept(const Marker& marker) override { return to_.accept(marker); }
  [[nodiscard]] Status accept(const Anomaly& anomaly) override { return to_.accept(anomaly); }
  [[nodiscard]] Status accept(const ClockPoint& point) override { return to_.accept(point); }
  [[nodiscard]] Status accept(const MetadataItem& item) override;
  [[nodiscard]] Status accept(const RawBytes& bytes) override { return to_.accept(bytes); }
  [[nodiscard]] Status end(EndReason reason) override { return to_.end(reason); }

 private:
  std::vector<MetadataItem> rules_;
  SampleSink& to_;
  std::function<void(const Error&)> refused_;
};

}  // namespace joulemark
