// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/channel_values.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace joulemark {
namespace {

constexpr std::int64_t k_read_at_once = 65'536;

}  // namespace

ChannelValues::ChannelValues(SampleSource& source, ChannelId id, TimeRange range)
    : source_(&source), id_(id), channel_(source.info().channels[id.value]), range_(range) {}

Status ChannelValues::load(IndexRange indices) {
  samples_.clear();
  return append(indices);
}

Status ChannelValues::append(IndexRange indices) {
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
  if (channel_.timed) return read_on(part);
  IndexRange indices = SampleGrid(channel_).covering(part);
  return load({indices.begin - 1, indices.end + 1});
}

// Where samples with times of their own lie is known only from reading them, in order.
Status ChannelValues::read_on(TimeRange part) {
  if (!rest_) {
    JM_TRY_ASSIGN(const Extent extent, source_->extent(id_));
    rest_ = extent.indices;
  }
  const auto drop_passed = [&] {
    const auto within = std::ranges::lower_bound(samples_, part.begin_ns, {}, &Sample::time_ns);
    if (within != samples_.begin()) samples_.erase(samples_.begin(), std::prev(within));
  };
  drop_passed();
  while (!rest_->empty() && (samples_.empty() || samples_.back().time_ns < part.end_ns)) {
    const std::int64_t end = std::min(rest_->end, rest_->begin + k_read_at_once);
    JM_TRY(append({rest_->begin, end}));
    rest_->begin = end;
    drop_passed();
  }
  return {};
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
