// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/memory_capture.h>

#include <cstdint>
#include <stop_token>

namespace joulemark::monsoon::test {

// Passes everything on to a capture and asks for a stop when enough samples came.
class StoppingSink : public SampleSink {
 public:
  StoppingSink(MemoryCapture& capture, std::int64_t samples) : capture_(capture), left_(samples) {}
  Status begin(const CaptureInfo& info) override { return capture_.begin(info); }
  Status accept(const SampleBlock& block) override {
    if (block.channel == ChannelId{0}) left_ -= static_cast<std::int64_t>(block.values.size());
    if (left_ <= 0) stop.request_stop();
    return capture_.accept(block);
  }
  Status accept(const Edge& edge) override { return capture_.accept(edge); }
  Status accept(const Marker& marker) override { return capture_.accept(marker); }
  Status accept(const Anomaly& anomaly) override { return capture_.accept(anomaly); }
  Status accept(const ClockPoint& point) override { return capture_.accept(point); }
  Status accept(const MetadataItem& item) override { return capture_.accept(item); }
  Status accept(const RawBytes& bytes) override { return capture_.accept(bytes); }
  Status end(EndReason reason) override { return capture_.end(reason); }

  std::stop_source stop;

 private:
  MemoryCapture& capture_;
  std::int64_t left_;
};

}  // namespace joulemark::monsoon::test
