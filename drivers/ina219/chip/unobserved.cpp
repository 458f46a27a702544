// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/chip/unobserved.h>

#include <algorithm>
#include <cmath>

namespace joulemark::ina219 {
namespace {

constexpr TimeNs k_longest_bridge = 8;  // conversions
constexpr float k_half = 0.5F;

}  // namespace

UnobservedShunt::UnobservedShunt(const ShuntConversion& before, const ShuntConversion& after,
                                 TimeNs aperture_ns)
    : time_{before.end_ns, std::max(before.end_ns, after.end_ns - aperture_ns)},
      aperture_ns_(aperture_ns),
      steps_(k_half * static_cast<float>(before.steps + after.steps)),
      clipped_(before.clipped || after.clipped) {}

bool UnobservedShunt::is_too_long() const {
  return time_.length_ns() > k_longest_bridge * aperture_ns_;
}

ShuntConversion UnobservedShunt::conversion() const {
  return {time_.begin_ns + aperture_ns_, static_cast<int>(std::lround(steps_)), clipped_};
}

Anomaly UnobservedShunt::told(ChannelId channel, std::int64_t first_index) const {
  return {
      AnomalyKind::dead_time,
      Severity::info,
      channel,
      time_,
      first_index,
      1,
      "the chip measured its bus voltage (or was configured): the shunt, unobserved meanwhile, is bridged "
      "by the mean of both sides"};
}

}  // namespace joulemark::ina219
