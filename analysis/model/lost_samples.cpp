// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/lost_samples.h>

#include <algorithm>

namespace joulemark {
namespace {

bool is_loss(const Anomaly& anomaly) {
  const bool loss = anomaly.kind == AnomalyKind::gap || anomaly.kind == AnomalyKind::damaged;
  return loss && anomaly.severity == Severity::data_loss;
}

}  // namespace

std::int64_t paused_samples(std::span<const Anomaly> anomalies, ChannelId channel) {
  std::int64_t paused = 0;
  for (const Anomaly& anomaly : anomalies) {
    const bool pause = anomaly.kind == AnomalyKind::gap && anomaly.severity == Severity::info;
    if (pause && anomaly.channel == channel) paused += anomaly.count;
  }
  return paused;
}

std::int64_t lost_samples(const Extent& extent, std::span<const Anomaly> anomalies, ChannelId channel) {
  std::int64_t lost = std::max<std::int64_t>(0, extent.lost_samples - paused_samples(anomalies, channel));
  for (const Anomaly& anomaly : anomalies) {
    if (!is_loss(anomaly) || anomaly.channel != channel) continue;
    const bool outside = anomaly.first_index >= extent.indices.end ||
                         anomaly.first_index + anomaly.count <= extent.indices.begin;
    if (outside) lost += anomaly.count;
  }
  return lost;
}

}  // namespace joulemark
