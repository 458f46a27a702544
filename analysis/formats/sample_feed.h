// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <cstdint>
#include <vector>

namespace joulemark {

// Gathers single samples of one channel into blocks for a sink. Indices rise; a jump starts a new block.
class SampleFeed {
 public:
  SampleFeed(SampleSink& sink, ChannelId channel) : sink_(sink), channel_(channel) {}

  [[nodiscard]] Status add(std::int64_t index, float value) { return put(index, value, nullptr); }
  [[nodiscard]] Status add(std::int64_t index, float value, TimeNs stamp_ns) {
    return put(index, value, &stamp_ns);
  }
  [[nodiscard]] Status flush();

 private:
  [[nodiscard]] Status put(std::int64_t index, float value, const TimeNs* stamp_ns);

  SampleSink& sink_;
  ChannelId channel_;
  std::int64_t first_index_ = 0;
  std::vector<float> values_;
  std::vector<TimeNs> stamps_ns_;
};

}  // namespace joulemark
