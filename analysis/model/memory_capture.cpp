// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/memory_capture.h>

#include <algorithm>
#include <cmath>

namespace joulemark {

Status MemoryCapture::begin(const CaptureInfo& info) {
  JM_TRY(check_.begin(info));
  info_ = info;
  samples_.assign(info.channels.size(), {});
  return {};
}

Status MemoryCapture::accept(const SampleBlock& block) {
  JM_TRY(check_.check(block));
  Samples& samples = samples_[block.channel.value];
  for (std::size_t i = 0; i < block.values.size(); ++i) {
    samples.indices.push_back(block.first_index + static_cast<std::int64_t>(i));
  }
  samples.values.insert(samples.values.end(), block.values.begin(), block.values.end());
  samples.stamps_ns.insert(samples.stamps_ns.end(), block.stamps_ns.begin(), block.stamps_ns.end());
  return {};
}

Status MemoryCapture::accept(const Edge& edge) {
  JM_TRY(check_.check(edge));
  const auto later = [](const Edge& a, const Edge& b) { return a.time_ns < b.time_ns; };
  edges_.insert(std::upper_bound(edges_.begin(), edges_.end(), edge, later), edge);
  return {};
}

Status MemoryCapture::accept(const Marker& marker) {
  markers_.push_back(marker);
  return {};
}

Status MemoryCapture::accept(const Anomaly& anomaly) {
  anomalies_.push_back(anomaly);
  return {};
}

Status MemoryCapture::accept(const ClockPoint& point) {
  clock_points_.push_back(point);
  return {};
}

Status MemoryCapture::accept(const MetadataItem& item) {
  metadata_.push_back(item);
  return {};
}

Status MemoryCapture::accept(const RawBytes& bytes) {
  raw_bytes_.insert(raw_bytes_.end(), bytes.bytes.begin(), bytes.bytes.end());
  return {};
}

Status MemoryCapture::end(EndReason reason) {
  end_reason_ = reason;
  return {};
}

TimeRange MemoryCapture::holds(ChannelId id, std::size_t sample) const {
  const Channel& channel = info_.channels[id.value];
  const Samples& samples = samples_[id.value];
  if (!channel.timed) {
    const SampleGrid grid(channel);
    return {grid.time_of(samples.indices[sample]), grid.time_of(samples.indices[sample] + 1)};
  }
  const TimeNs lead_ns = from_seconds(channel.lead_s());
  const TimeNs begin_ns = samples.stamps_ns[sample] - lead_ns;
  const bool next_follows =
      sample + 1 < samples.indices.size() && samples.indices[sample + 1] == samples.indices[sample] + 1;
  if (next_follows) return {begin_ns, samples.stamps_ns[sample + 1] - lead_ns};
  TimeNs hold_ns = from_seconds(channel.interval_s());
  if (hold_ns == 0 && sample > 0) hold_ns = samples.stamps_ns[sample] - samples.stamps_ns[sample - 1];
  if (sample + 1 < samples.stamps_ns.size()) {
    hold_ns = std::min(hold_ns, samples.stamps_ns[sample + 1] - samples.stamps_ns[sample]);
  }
  return {begin_ns, begin_ns + hold_ns};
}

Result<Extent> MemoryCapture::extent(ChannelId id) {
  JM_TRY_ASSIGN(const Derivation derivation, derive(info_, id));
  const Samples& samples = samples_[derivation.channel.value];
  Extent extent;
  if (samples.indices.empty()) return extent;
  extent.indices = {samples.indices.front(), samples.indices.back() + 1};
  extent.samples = static_cast<std::int64_t>(samples.indices.size());
  extent.lost_samples = extent.indices.count() - extent.samples;
  extent.time = {holds(derivation.channel, 0).begin_ns,
                 holds(derivation.channel, samples.indices.size() - 1).end_ns};
  return extent;
}

Status MemoryCapture::read(ChannelId id, IndexRange range, const BlockVisitor& visit) {
  if (is_derived(id)) return fail(ErrorCode::usage, "only stored channels can be read sample by sample");
  JM_TRY_ASSIGN(const Derivation derivation, derive(info_, id));
  const Samples& samples = samples_[derivation.channel.value];
  const auto& indices = samples.indices;
  auto first = std::lower_bound(indices.begin(), indices.end(), range.begin);
  const auto last = std::lower_bound(first, indices.end(), range.end);
  while (first < last) {
    auto run_end = first + 1;
    while (run_end < last && *run_end == *(run_end - 1) + 1)
      ++run_end;
    const auto offset = static_cast<std::size_t>(first - indices.begin());
    const auto count = static_cast<std::size_t>(run_end - first);
    SampleBlock block{id, *first, std::span(samples.values).subspan(offset, count), {}};
    if (!samples.stamps_ns.empty()) block.stamps_ns = std::span(samples.stamps_ns).subspan(offset, count);
    JM_TRY(visit(block));
    first = run_end;
  }
  return {};
}

Result<Summary> MemoryCapture::summarize(ChannelId id, IndexRange range) {
  JM_TRY_ASSIGN(const Derivation derivation, derive(info_, id));
  const Samples& samples = samples_[derivation.channel.value];
  Summary summary;
  for (std::size_t i = 0; i < samples.indices.size(); ++i) {
    if (samples.indices[i] < range.begin || samples.indices[i] >= range.end) continue;
    const double value = unscaled(derivation, i);
    summary.merge({1, value, 0, static_cast<float>(value), static_cast<float>(value)});
  }
  return summary;
}

double MemoryCapture::voltage_at(ChannelId voltage, TimeNs time_ns) const {
  const Samples& samples = samples_[voltage.value];
  if (samples.values.empty()) return 0;
  std::size_t low = 0;  // the last sample that begins at or before the time, or the first of all
  for (std::size_t high = samples.values.size(); low + 1 < high;) {
    const std::size_t middle = low + (high - low) / 2;
    (holds(voltage, middle).begin_ns <= time_ns ? low : high) = middle;
  }
  const auto distance_ns = [&](std::size_t i) { return std::abs(holds(voltage, i).begin_ns - time_ns); };
  const bool next_is_nearer = low + 1 < samples.values.size() && distance_ns(low + 1) < distance_ns(low);
  return static_cast<double>(
      samples.values[next_is_nearer ? low + 1 : low]);  // a tie goes to the earlier one
}

double MemoryCapture::unscaled(const Derivation& derivation, std::size_t sample) const {
  const double value = static_cast<double>(samples_[derivation.channel.value].values[sample]);
  if (!derivation.voltage) return value;
  return value * voltage_at(*derivation.voltage, holds(derivation.channel, sample).begin_ns);
}

Integral MemoryCapture::integrate(const Derivation& derivation, TimeRange window, Boundary boundary) const {
  const Channel& channel = info_.channels[derivation.channel.value];
  const Samples& samples = samples_[derivation.channel.value];
  const SampleGrid grid(channel);
  Integral result;
  double begin = channel.timed ? static_cast<double>(window.begin_ns) : grid.position(window.begin_ns);
  double end = channel.timed ? static_cast<double>(window.end_ns) : grid.position(window.end_ns);
  if (boundary == Boundary::whole_samples && !channel.timed) {
    const IndexRange whole = grid.covering(window);
    begin = static_cast<double>(whole.begin);
    end = static_cast<double>(whole.end);
  }
  const double unit_s = channel.timed ? 1e-9 : channel.interval_s();
  double wanted_s = std::max(0.0, end - begin) * unit_s;
  for (std::size_t i = 0; i < samples.values.size(); ++i) {
    const TimeRange held = holds(derivation.channel, i);
    const double from =
        channel.timed ? static_cast<double>(held.begin_ns) : static_cast<double>(samples.indices[i]);
    const double to = channel.timed ? static_cast<double>(held.end_ns) : from + 1;
    const double covered = std::min(end, to) - std::max(begin, from);
    if (covered <= 0) continue;
    const bool whole = channel.timed && boundary == Boundary::whole_samples;
    const double covered_s = (whole ? to - from : covered) * unit_s;
    wanted_s += covered_s - covered * unit_s;
    const double value = unscaled(derivation, i) * derivation.whole_gain();
    result.integral += value * covered_s;
    result.covered_s += covered_s;
    result.min = result.samples == 0 ? value : std::min(result.min, value);
    result.max = result.samples == 0 ? value : std::max(result.max, value);
    ++result.samples;
  }
  result.missing_s = std::max(0.0, wanted_s - result.covered_s);
  return result;
}

Result<std::vector<Integral>> MemoryCapture::integrals(ChannelId id, std::span<const TimeRange> windows,
                                                       Boundary boundary) {
  JM_TRY_ASSIGN(const Derivation derivation, derive(info_, id));
  std::vector<Integral> results;
  results.reserve(windows.size());
  for (const TimeRange& window : windows)
    results.push_back(integrate(derivation, window, boundary));
  return results;
}

Result<std::vector<ViewColumn>> MemoryCapture::view(ChannelId id, TimeRange range, std::size_t columns) {
  JM_TRY_ASSIGN(const Derivation derivation, derive(info_, id));
  std::vector<ViewColumn> view(columns);
  const double width_ns = static_cast<double>(range.length_ns()) / static_cast<double>(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    view[c].time = {range.begin_ns + std::llround(static_cast<double>(c) * width_ns),
                    range.begin_ns + std::llround(static_cast<double>(c + 1) * width_ns)};
    const Integral integral = integrate(derivation, view[c].time, Boundary::fractional);
    view[c].count = integral.samples;
    view[c].min = integral.min;
    view[c].max = integral.max;
    view[c].mean = integral.mean();
  }
  return view;
}

Status MemoryCapture::edges(TimeRange range, const EdgeVisitor& visit) {
  const auto before = [](const Edge& edge, TimeNs time_ns) { return edge.time_ns < time_ns; };
  const auto first = std::lower_bound(edges_.begin(), edges_.end(), range.begin_ns, before);
  const auto last = std::lower_bound(first, edges_.end(), range.end_ns, before);
  if (first == last) return {};
  return visit(std::span(first, last));
}

}  // namespace joulemark
