// SPDX-License-Identifier: Apache-2.0
#include <app/recording/recent_source.h>

#include <algorithm>
#include <limits>

namespace joulemark {

RecentSource::RecentSource(SampleSource& source, TimeNs length_ns)
    : source_(source), begin_ns_(std::numeric_limits<TimeNs>::min()) {
  const auto primary = primary_channel(source.info());
  if (!primary) return;
  if (const auto extent = source.extent(*primary)) begin_ns_ = extent->time.end_ns - length_ns;
}

bool RecentSource::cut(ChannelId channel) const {
  const auto derivation = derive(info(), channel);
  return derivation && !info().channels[derivation->channel.value].timed;
}

IndexRange RecentSource::recent(ChannelId channel) const {
  const auto derivation = derive(info(), channel);
  const SampleGrid grid(info().channels[derivation->channel.value]);
  return {static_cast<std::int64_t>(std::max(0.0, grid.position(begin_ns_))),
          std::numeric_limits<std::int64_t>::max()};
}

Result<Extent> RecentSource::extent(ChannelId channel) {
  JM_TRY_ASSIGN(Extent extent, source_.extent(channel));
  if (!cut(channel) || extent.time.begin_ns >= begin_ns_) return extent;
  const auto derivation = derive(info(), channel);
  const SampleGrid grid(info().channels[derivation->channel.value]);
  extent.indices.begin = std::clamp(recent(channel).begin, extent.indices.begin, extent.indices.end);
  JM_TRY_ASSIGN(const Summary summary, source_.summarize(derivation->channel, extent.indices));
  extent.samples = summary.count;
  extent.lost_samples = extent.indices.count() - extent.samples;
  extent.time.begin_ns = grid.time_of(extent.indices.begin);
  return extent;
}

Status RecentSource::read(ChannelId channel, IndexRange range, const BlockVisitor& visit) {
  if (cut(channel)) range.begin = std::max(range.begin, recent(channel).begin);
  return source_.read(channel, range, visit);
}

Result<Summary> RecentSource::summarize(ChannelId channel, IndexRange range) {
  if (cut(channel)) range.begin = std::max(range.begin, recent(channel).begin);
  return source_.summarize(channel, range);
}

Result<std::vector<Integral>> RecentSource::integrals(ChannelId channel, std::span<const TimeRange> windows,
                                                      Boundary boundary) {
  return source_.integrals(channel, windows, boundary);
}

Result<std::vector<ViewColumn>> RecentSource::view(ChannelId channel, TimeRange range, std::size_t columns) {
  return source_.view(channel, range, columns);
}

Status RecentSource::edges(TimeRange range, const EdgeVisitor& visit) {
  range.begin_ns = std::max(range.begin_ns, begin_ns_);
  return source_.edges(range, visit);
}

Result<std::vector<Anomaly>> RecentSource::anomalies() {
  JM_TRY_ASSIGN(std::vector<Anomaly> all, source_.anomalies());
  const bool open = source_.end_reason() == EndReason::killed;
  std::erase_if(all, [&](const Anomaly& anomaly) {
    return anomaly.time.end_ns < begin_ns_ || (open && anomaly.kind == AnomalyKind::truncated);
  });
  return all;
}

}  // namespace joulemark
