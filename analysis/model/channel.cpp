// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/channel.h>

namespace joulemark {

double Channel::lead_s() const {
  const double length_s = aperture_s.known() ? aperture_s.value : interval_s();
  switch (stamp_position) {
    case StampPosition::start:
      return 0;
    case StampPosition::middle:
      return length_s / 2;
    case StampPosition::end:
      return length_s;
  }
  return 0;
}

SampleGrid::SampleGrid(const Channel& channel)
    : rate_hz_(channel.rate_hz), origin_ns_(channel.start_ns - from_seconds(channel.lead_s())) {}

double SampleGrid::position(TimeNs time_ns) const {
  return static_cast<double>(static_cast<long double>(time_ns - origin_ns_) * 1e-9L *
                             static_cast<long double>(rate_hz_));
}

TimeNs SampleGrid::time_of(std::int64_t index) const {
  return origin_ns_ + from_seconds(static_cast<double>(index) / rate_hz_);
}

IndexRange SampleGrid::covering(TimeRange range) const {
  if (range.empty()) return {};
  // Times are rounded to whole ns: a boundary within half a nanosecond of the grid is on it, and must not
  // pull in a neighbour. At 2 MS/s a nanosecond is 0.002 of a sample.
  const double on_grid = 0.6e-9 * rate_hz_;
  const double begin = position(range.begin_ns);
  const double end = position(range.end_ns);
  return {static_cast<std::int64_t>(std::floor(begin + on_grid)),
          static_cast<std::int64_t>(std::ceil(end - on_grid))};
}

}  // namespace joulemark
