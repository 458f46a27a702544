// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/edge.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_block.h>

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

namespace joulemark {

// The contract of SampleSink, checked: every sink that stores runs its input through one of these, so a
// producer's mistake is an Error at the door and never a wrong number behind it.
class StreamCheck {
 public:
  // Errors: usage (see validate).
  [[nodiscard]] Status begin(const CaptureInfo& info);

  // Unknown channel, indices or stamps that do not rise, NaN or infinite values, stamps missing or in excess:
  // usage, naming channel and index. An empty block is fine.
  [[nodiscard]] Status check(const SampleBlock& block);

  // Unknown line or time falling on that line: usage.
  [[nodiscard]] Status check(const Edge& edge);

 private:
  struct ChannelState {
    std::int64_t next_index = std::numeric_limits<std::int64_t>::min();
    TimeNs last_stamp_ns = std::numeric_limits<TimeNs>::min();
  };

  std::vector<Channel> channels_;
  std::vector<ChannelState> states_;
  std::map<std::uint32_t, TimeNs> last_edge_ns_;
};

}  // namespace joulemark
