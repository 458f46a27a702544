// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/lost_samples.h>
#include <analysis/model/rail.h>

#include <app/recording/live_summary.h>

#include <algorithm>

namespace joulemark {

PulseCounter::PulseCounter(const std::vector<Line>& lines) {
  counts_.reserve(lines.size());
  for (const Line& line : lines)
    counts_.push_back({line});
}

void PulseCounter::add(const Edge& edge) {
  const auto count = std::ranges::find(counts_, edge.line, [](const Count& each) { return each.line.id; });
  if (count == counts_.end()) return;
  if (count->high && !edge.level) ++count->pulses;
  count->high = edge.level;
}

Status LiveSummary::begin(const CaptureInfo& info) {
  const auto primary = primary_channel(info);
  if (!primary) return fail(ErrorCode::usage, primary.error().message);
  primary_ = *primary;
  channel_ = info.channels[primary_.value];
  rate_hz_ = channel_.rate_hz;
  pulses_ = PulseCounter(info.lines);
  return {};
}

void LiveSummary::add(const SampleBlock& block) {
  if (block.channel != primary_ || block.values.empty()) return;
  const bool first = samples_ == 0;
  if (first) first_index_ = block.first_index;
  samples_ += static_cast<std::int64_t>(block.values.size());
  next_index_ = block.first_index + static_cast<std::int64_t>(block.values.size());
  for (const float value : block.values)
    sum_ += static_cast<double>(value);
  std::erase_if(outside_, [this](const Anomaly& anomaly) { return !is_outside(anomaly); });
  if (block.stamps_ns.empty()) return;
  if (first) first_stamp_ns_ = block.stamps_ns.front();
  last_stamp_ns_ = block.stamps_ns.back();
}

bool LiveSummary::is_outside(const Anomaly& anomaly) const {
  return anomaly.first_index >= next_index_ || anomaly.first_index + anomaly.count <= first_index_;
}

void LiveSummary::add(const Anomaly& anomaly) {
  if (anomaly.channel != primary_) return;
  paused_ += paused_samples({&anomaly, 1}, primary_);
  if (anomaly.severity == Severity::data_loss && is_outside(anomaly)) outside_.push_back(anomaly);
}

std::int64_t LiveSummary::lost_samples() const {
  Extent extent;
  extent.indices = {first_index_, next_index_};
  extent.samples = samples_;
  extent.lost_samples = extent.indices.count() - samples_ - paused_;
  return joulemark::lost_samples(extent, outside_, primary_);
}

double LiveSummary::duration_s() const {
  if (samples_ == 0) return 0;
  if (channel_.timed) return to_seconds(last_stamp_ns_ - first_stamp_ns_) + channel_.interval_s();
  return static_cast<double>(next_index_ - first_index_) / rate_hz_;
}

std::optional<double> LiveSummary::mean_current_a() const {
  if (samples_ == 0 || channel_.quantity != Quantity::current) return std::nullopt;
  return channel_.scale * sum_ / static_cast<double>(samples_);
}

}  // namespace joulemark
