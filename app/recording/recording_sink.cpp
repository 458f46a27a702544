// SPDX-License-Identifier: Apache-2.0
#include <app/recording/recording_sink.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <utility>

namespace joulemark {
namespace {

// The line a rule starts with: "d3,pair=level".
std::optional<LineId> line_of(std::string_view rule) {
  if (!rule.starts_with('d')) return std::nullopt;
  LineId line;
  const auto [rest, error] = std::from_chars(rule.data() + 1, rule.data() + rule.size(), line.value);
  return error == std::errc() ? std::optional(line) : std::nullopt;
}

}  // namespace

RecordingSink::RecordingSink(SampleSink& sink, const RecordingLimits& limits,
                             const RecordingProgress& progress, std::stop_source& stop)
    : sink_(sink),
      limits_(limits),
      progress_(progress),
      stop_(stop),
      end_ns_(limits.duration_s ? from_seconds(*limits.duration_s) : std::numeric_limits<TimeNs>::max()) {}

Status RecordingSink::begin(const CaptureInfo& info) {
  JM_TRY(summary_.begin(info));
  channels_ = info.channels;
  lines_ = info.lines;
  return noted(sink_.begin(info));
}

Status RecordingSink::accept(const SampleBlock& block) {
  const SampleBlock kept = block.channel.value < channels_.size() ? cut(block) : block;
  if (!kept.values.empty()) {
    JM_TRY(noted(sink_.accept(kept)));
    summary_.add(kept);
  }
  if (block.channel != summary_.primary()) return {};
  const auto end = end_index();
  const std::int64_t next = block.first_index + static_cast<std::int64_t>(block.values.size());
  if (kept.values.size() < block.values.size() || (end && next >= *end)) reach_limit();
  const Channel& channel = channels_[block.channel.value];
  if (!block.values.empty())
    count_codes(channel.timed ? block.stamps_ns.back() : SampleGrid(channel).time_of(next));
  if (progress_) progress_(summary_);
  return {};
}

Status RecordingSink::accept(const Edge& edge) {
  if (!wanted(edge.time_ns)) return {};
  JM_TRY(noted(sink_.accept(edge)));
  summary_.add(edge);
  if (codes_) {
    codes_->add(edge);
  } else if (limits_.events && pulses() >= *limits_.events) {
    reach_limit();
  }
  return {};
}

Status RecordingSink::accept(const Marker& marker) {
  return wanted(marker.time_ns) ? noted(sink_.accept(marker)) : Status();
}

Status RecordingSink::accept(const Anomaly& anomaly) {
  if (!wanted(anomaly.time.begin_ns)) return {};
  summary_.add(anomaly);
  return noted(sink_.accept(anomaly));
}

Status RecordingSink::accept(const ClockPoint& point) {
  return wanted(point.capture_ns) ? noted(sink_.accept(point)) : Status();
}

Status RecordingSink::accept(const MetadataItem& item) {
  if (!event_rule_seen_ && item.key.starts_with("event.")) {
    event_rule_seen_ = true;
    event_line_ = line_of(item.value);
  }
  if (limits_.events) JM_TRY(note_codes(item));
  return noted(sink_.accept(item));
}

Status RecordingSink::note_codes(const MetadataItem& item) {
  if (item.key == "markers") {
    JM_TRY_ASSIGN(MarkerCode code, parse_marker_code(item.value, lines_));
    codes_.emplace(std::move(code));
  }
  for (const Line& line : lines_) {
    if (codes_ && item.key == "line.d" + std::to_string(line.id.value) + ".initial")
      codes_->state_level(line.id, item.value == "high");
  }
  return {};
}

void RecordingSink::count_codes(TimeNs now_ns) {
  if (codes_ && limits_.events && codes_->reached(*limits_.events, now_ns)) reach_limit();
}

Status RecordingSink::accept(const RawBytes& bytes) {
  return limits_.keep_raw ? noted(sink_.accept(bytes)) : Status();
}

Status RecordingSink::end(EndReason reason) {
  return noted(sink_.end(reason));
}

std::optional<std::int64_t> RecordingSink::end_index() const {
  const Channel& channel = channels_[summary_.primary().value];
  if (!limits_.duration_s || channel.timed) return std::nullopt;
  return SampleGrid(channel).covering({end_ns_ - 1, end_ns_}).end;
}

std::int64_t RecordingSink::samples_wanted(const Channel& channel, const SampleBlock& block) const {
  if (!channel.timed) return SampleGrid(channel).covering({end_ns_ - 1, end_ns_}).end - block.first_index;
  const auto end = std::ranges::lower_bound(block.stamps_ns, end_ns_ + from_seconds(channel.lead_s()));
  return end - block.stamps_ns.begin();
}

SampleBlock RecordingSink::cut(const SampleBlock& block) const {
  if (!limits_.duration_s) return block;
  const Channel& channel = channels_[block.channel.value];
  const auto size = static_cast<std::int64_t>(block.values.size());
  const std::int64_t kept = std::clamp(samples_wanted(channel, block), std::int64_t{0}, size);
  SampleBlock result = block;
  result.values = block.values.first(static_cast<std::size_t>(kept));
  if (channel.timed) result.stamps_ns = block.stamps_ns.first(static_cast<std::size_t>(kept));
  return result;
}

std::int64_t RecordingSink::pulses() const {
  std::int64_t events = 0;
  for (const PulseCounter::Count& count : summary_.pulses().counts()) {
    if (!event_line_ || count.line.id == *event_line_) events += count.pulses;
  }
  return events;
}

Status RecordingSink::noted(Status status) {
  if (!status && !sink_error_) sink_error_ = status.error();
  return status;
}

void RecordingSink::reach_limit() {
  limit_reached_ = true;
  stop_.request_stop();
}

}  // namespace joulemark
