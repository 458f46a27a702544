// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/channel_values.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace joulemark {

ChannelValues::ChannelValues(SampleSource& source, ChannelId id, TimeRange range)
    : source_(&source), id_(id), channel_(source.info().channels[id.value]), range_(range) {}

Status ChannelValues::load(IndexRange indices) {
  samples_.clear();
  const SampleGrid grid(channel_);
  return source_->read(id_, indices, [&](const SampleBlock& block) -> Status {
    for (std::size_t i = 0; i < block.values.size(); ++i) {
      const std::int64_t index = block.first_index + static_cast<std::int64_t>(i);
      const TimeNs time_ns = channel_.timed ? block.stamps_ns[i] : grid.time_of(index);
      if (channel_.timed && !range_.contains(time_ns)) continue;
      samples_.push_back({index, time_ns, static_cast<double>(block.values[i])});
    }
    return {};
  });
}

Status ChannelValues::load_around(TimeRange part) {
  if (channel_.timed) {  // where its samples lie is known only from reading them
    if (std::exchange(all_, true)) return {};
    return load({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()});
  }
  IndexRange indices = SampleGrid(channel_).covering(part);
  return load({indices.begin - 1, indices.end + 1});
}

std::optional<double> ChannelValues::at(TimeNs time_ns) const {
  const auto after = std::ranges::lower_bound(samples_, time_ns, {}, &Sample::time_ns);
  const auto distance = [&](const Sample& sample) { return std::abs(sample.time_ns - time_ns); };
  auto nearest = after;
  if (after == samples_.end() ||
      (after != samples_.begin() && distance(*std::prev(after)) < distance(*after))) {
    if (after == samples_.begin()) return std::nullopt;
    nearest = std::prev(after);
  }
  const TimeNs interval_ns = from_seconds(channel_.interval_s());
  if (interval_ns > 0 && distance(*nearest) > interval_ns) return std::nullopt;
  return nearest->value;
}

TimeNs ChannelValues::time_after(const Sample& sample) const {
  if (channel_.timed) return sample.time_ns + from_seconds(channel_.interval_s());
  return SampleGrid(channel_).time_of(sample.index + 1);
}

}  // namespace joulemark
