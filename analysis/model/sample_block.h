// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/ids.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <span>

namespace joulemark {

// An unbroken run of one channel's samples: index first_index, first_index + 1, ...
// A view: valid during the call it is passed to; whoever wants to keep it copies it.
// Stored values are finite float32 (SI value = value x Channel.scale). A producer that has no value for an
// index leaves the index out (and says why in an Anomaly); NaN and infinities are refused by every sink.
struct SampleBlock {
  ChannelId channel;
  std::int64_t first_index = 0;
  std::span<const float> values;
  std::span<const TimeNs> stamps_ns;  // timed channels: one per value, strictly increasing; else empty
};

}  // namespace joulemark
