// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <cstdint>
#include <functional>
#include <utility>

namespace joulemark {

// Rides along with another sink in a Tee, to show how far a long import is or to end it: is told the samples
// so far, of all channels, at the begin and after every block. The Error it returns ends the work.
class BlockWatch final : public SampleSink {
 public:
  using Look = std::function<Status(std::int64_t samples)>;
  explicit BlockWatch(Look look) : look_(std::move(look)) {}

  Status begin(const CaptureInfo&) override { return look_(0); }
  Status accept(const SampleBlock& block) override {
    samples_ += static_cast<std::int64_t>(block.values.size());
    return look_(samples_);
  }
  Status accept(const Edge&) override { return {}; }
  Status accept(const Marker&) override { return {}; }
  Status accept(const Anomaly&) override { return {}; }
  Status accept(const ClockPoint&) override { return {}; }
  Status accept(const MetadataItem&) override { return {}; }
  Status accept(const RawBytes&) override { return {}; }
  Status end(EndReason) override { return {}; }

 private:
  Look look_;
  std::int64_t samples_ = 0;
};

}  // namespace joulemark
