// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

namespace joulemark {

// Takes everything and keeps nothing: the base of sinks that look at some of what comes by.
class NullSink : public SampleSink {
 public:
  [[nodiscard]] Status begin(const CaptureInfo&) override { return {}; }
  [[nodiscard]] Status accept(const SampleBlock&) override { return {}; }
  [[nodiscard]] Status accept(const Edge&) override { return {}; }
  [[nodiscard]] Status accept(const Marker&) override { return {}; }
  [[nodiscard]] Status accept(const Anomaly&) override { return {}; }
  [[nodiscard]] Status accept(const ClockPoint&) override { return {}; }
  [[nodiscard]] Status accept(const MetadataItem&) override { return {}; }
  [[nodiscard]] Status accept(const RawBytes&) override { return {}; }
  [[nodiscard]] Status end(EndReason) override { return {}; }
};

}  // namespace joulemark
