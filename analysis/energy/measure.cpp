// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/guards.h>
#include <analysis/energy/measure.h>
#include <analysis/energy/noise.h>
#include <analysis/energy/surroundings.h>
#include <analysis/model/lost_samples.h>
#include <analysis/model/stretches.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr TimeNs k_least_guard_ns = 100'000;
constexpr std::size_t k_idle_batches = 20;
constexpr double k_samples_per_batch = 10;
constexpr std::size_t k_stretches_looked_at = 1000;  // a thousand tell as much as all, and cost nothing

Result<Sampling> sampling_of(SampleSource& source) {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(source.info()));
  JM_TRY_ASSIGN(const Extent extent, source.extent(primary));
  const Channel& channel = source.info().channels[primary.value];
  if (extent.samples == 0 || extent.time.empty()) {
    return fail(ErrorCode::inadequate, "channel '" + channel.name + "' holds no samples: nothing to report");
  }
  Sampling sampling;
  sampling.span = extent.time;
  sampling.aperture_s = channel.aperture_s;
  sampling.interval_s = !channel.timed ? channel.interval_s()
                                       : extent.time.seconds() / static_cast<double>(extent.indices.count());
  return sampling;
}

double median_of(std::vector<TimeNs>& lengths) {
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return to_seconds(*middle);
}

// How far from an event a sample that touches it may lie, with widening to whole samples.
TimeNs margin_of(const Sampling& sampling, std::uint32_t resolution_ns) {
  return from_seconds(sampling.interval_s + sampling.reach_s() + to_seconds(resolution_ns));
}

void plan_guards(Measurement& m, const MeasureOptions& options) {
  std::vector<std::vector<TimeNs>> lengths(m.timeline.names.size());
  m.plans.resize(m.timeline.names.size());
  for (const Event& event : m.timeline.events) {
    lengths[event.name].push_back(event.time.length_ns());
    EventPlan& plan = m.plans[event.name];
    plan.resolution_ns = std::max(plan.resolution_ns, event.resolution_ns);
  }
  for (std::size_t name = 0; name < m.plans.size(); ++name) {
    EventPlan& plan = m.plans[name];
    plan.margin_ns = margin_of(m.sampling, plan.resolution_ns);
    const TimeNs guard_ns = options.guard_ns.value_or(std::max(k_least_guard_ns, 2 * plan.margin_ns));
    plan.guard = plan.clear = {guard_ns, guard_ns};
    plan.count = static_cast<std::int64_t>(lengths[name].size());
    if (plan.count == 0) continue;
    plan.median_latency_s = median_of(lengths[name]);
    plan.wanted_excess = plan.median_latency_s < k_least_intervals_for_integral * m.sampling.interval_s;
  }
}

std::vector<Guard> guards_of(const Measurement& m, Guard EventPlan::*which) {
  std::vector<Guard> guards;
  for (const EventPlan& plan : m.plans)
    guards.push_back(plan.*which);
  return guards;
}

// Excess needs idle to subtract and, for most events of the name, neighbours that keep out of its guards.
void choose_methods(Measurement& m, const std::vector<bool>& isolated, bool idle) {
  std::vector<std::int64_t> alone(m.plans.size());
  for (std::size_t i = 0; i < isolated.size(); ++i)
    alone[m.timeline.events[i].name] += isolated[i] ? 1 : 0;
  for (std::size_t name = 0; name < m.plans.size(); ++name) {
    EventPlan& plan = m.plans[name];
    if (plan.wanted_excess && idle && 2 * alone[name] > plan.count) plan.method = Method::excess;
  }
  m.flags.assign(isolated.size(), 0);
  for (std::size_t i = 0; i < isolated.size(); ++i) {
    const EventPlan& plan = m.plans[m.timeline.events[i].name];
    if (plan.wanted_excess && !isolated[i]) m.flags[i] |= k_flag_not_isolated;
  }
}

// The first piece of a stretch of idle that lies in one batch and on one side of early_end_ns.
TimeRange first_piece(TimeRange idle, TimeNs batch_end_ns, TimeNs early_end_ns) {
  TimeRange piece{idle.begin_ns, std::min(idle.end_ns, batch_end_ns)};
  if (piece.begin_ns < early_end_ns) piece.end_ns = std::min(piece.end_ns, early_end_ns);
  return piece;
}

// Cuts the idle segments so that they fill batches of equal idle time, and some, evenly spread, at the end of
// their first tenth.
void cut_idle(Measurement& m) {
  TimeNs idle_ns = 0;
  std::size_t stretches = 0;
  for (const Segment& segment : m.partition.segments) {
    if (segment.label != k_idle_label) continue;
    idle_ns += segment.time.length_ns();
    ++stretches;
  }
  const std::size_t step = stretches / k_stretches_looked_at + 1;
  const double batches = to_seconds(idle_ns) / (m.sampling.interval_s * k_samples_per_batch);
  m.idle_batches = static_cast<std::size_t>(std::clamp(batches, 1.0, static_cast<double>(k_idle_batches)));
  const TimeNs batch_ns = idle_ns / static_cast<TimeNs>(m.idle_batches) + 1;
  std::vector<Segment> cut;
  cut.reserve(m.partition.segments.size() + m.idle_batches + k_stretches_looked_at);
  m.idle_pieces.clear();
  m.idle_stretches = 0;
  TimeNs before_ns = 0;  // idle so far
  std::size_t number = 0;
  for (Segment segment : m.partition.segments) {
    if (segment.time.empty()) continue;
    if (segment.label != k_idle_label) {
      cut.push_back(segment);
      m.idle_pieces.emplace_back();
      continue;
    }
    std::optional<std::uint32_t> stretch;
    if (number++ % step == 0) stretch = static_cast<std::uint32_t>(m.idle_stretches++);
    const TimeNs early_end_ns = segment.time.begin_ns + (stretch ? segment.time.length_ns() / 10 : 0);
    while (!segment.time.empty()) {
      const TimeNs batch = before_ns / batch_ns;
      const TimeNs batch_end_ns = segment.time.begin_ns + (batch + 1) * batch_ns - before_ns;
      const TimeRange piece = first_piece(segment.time, batch_end_ns, early_end_ns);
      cut.push_back({piece, k_idle_label});
      m.idle_pieces.push_back({static_cast<std::uint32_t>(batch), stretch, piece.begin_ns < early_end_ns});
      before_ns += piece.length_ns();
      segment.time.begin_ns = piece.end_ns;
    }
  }
  m.partition.segments = std::move(cut);
}

std::vector<TimeRange> equal_parts(TimeRange span, std::size_t parts) {
  std::vector<TimeRange> blocks;
  const auto at = [&](std::size_t i) {
    return span.begin_ns + static_cast<TimeNs>(static_cast<long double>(span.length_ns()) *
                                               static_cast<long double>(i) / static_cast<long double>(parts));
  };
  for (std::size_t i = 0; i < parts; ++i)
    blocks.push_back({at(i), at(i + 1)});
  return blocks;
}

// One pass for everything with fractional ends.
Status read_fractional(const Rail& rail, std::size_t parts, Measurement& m) {
  std::vector<TimeRange> windows;
  windows.reserve(m.timeline.events.size() + m.partition.segments.size() + parts);
  for (const Event& event : m.timeline.events)
    windows.push_back(event.time);
  for (const Segment& segment : m.partition.segments)
    windows.push_back(segment.time);
  for (const TimeRange& block : equal_parts(m.sampling.span, parts))
    windows.push_back(block);
  JM_TRY_ASSIGN(const std::vector<WindowSum> sums, rail.over(windows, Boundary::fractional));
  const auto segments = sums.begin() + static_cast<std::ptrdiff_t>(m.timeline.events.size());
  const auto blocks = segments + static_cast<std::ptrdiff_t>(m.partition.segments.size());
  m.events.assign(sums.begin(), segments);
  m.segments.assign(segments, blocks);
  m.blocks.assign(blocks, sums.end());
  return rail.find_peaks(std::span(windows).first(m.events.size()), m.events);
}

// One more for everything in whole samples, where there is any.
Status read_whole(const Rail& rail, Measurement& m) {
  std::vector<TimeRange> windows;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < m.timeline.events.size(); ++i) {
    const Event& event = m.timeline.events[i];
    const EventPlan& plan = m.plans[event.name];
    if (plan.method != Method::excess) continue;
    const TimeRange guarded = plan.guard.around(event.time);
    owners.push_back(i);
    windows.push_back(guarded);
    windows.push_back({guarded.begin_ns, std::max(guarded.begin_ns, event.time.begin_ns - plan.margin_ns)});
    windows.push_back({std::min(guarded.end_ns, event.time.end_ns + plan.margin_ns), guarded.end_ns});
  }
  if (owners.empty()) return {};
  JM_TRY_ASSIGN(const std::vector<WindowSum> sums, rail.over(windows, Boundary::whole_samples));
  for (auto* into : {&m.guarded, &m.before, &m.after})
    into->resize(m.timeline.events.size());
  for (std::size_t k = 0; k < owners.size(); ++k) {
    m.guarded[owners[k]] = sums[3 * k];
    m.before[owners[k]] = sums[3 * k + 1];
    m.after[owners[k]] = sums[3 * k + 2];
  }
  return {};
}

TimeNs overlap_ns(TimeRange a, TimeRange b) {
  return std::max<TimeNs>(0, std::min(a.end_ns, b.end_ns) - std::max(a.begin_ns, b.begin_ns));
}

// Stretches in which the instrument could not tell the truth, merged and in order.
std::vector<TimeRange> clipped_stretches(const std::vector<Anomaly>& anomalies) {
  std::vector<TimeRange> stretches;
  for (const Anomaly& anomaly : anomalies) {
    if (anomaly.kind != AnomalyKind::over_range && anomaly.kind != AnomalyKind::clipped) continue;
    stretches.push_back({anomaly.time.begin_ns, std::max(anomaly.time.end_ns, anomaly.time.begin_ns + 1)});
  }
  return merge_stretches(std::move(stretches));
}

void flag_events(const std::vector<TimeRange>& clipped, Measurement& m) {
  const double tolerance_s = 1e-9 + 1e-3 * m.sampling.interval_s;  // rounding of times to ns
  for (std::size_t i = 0; i < m.events.size(); ++i) {
    const Event& event = m.timeline.events[i];
    const EventPlan& plan = m.plans[event.name];
    const bool excess = plan.method == Method::excess;
    const TimeRange window = excess ? plan.guard.around(event.time) : event.time;
    const WindowSum& sum = excess ? m.guarded[i] : m.events[i];
    if (touches(clipped, window)) m.flags[i] |= k_flag_clipped;
    if (sum.missing_s <= tolerance_s) continue;
    const bool outside = window.begin_ns < m.sampling.span.begin_ns || window.end_ns > m.sampling.span.end_ns;
    m.flags[i] |= outside ? k_flag_outside_capture : k_flag_lost_samples;
  }
}

template <typename Item>
void keep_only(const std::vector<bool>& kept, std::vector<Item>& items) {
  std::size_t to = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!kept[i]) continue;
    if (to != i) items[to] = std::move(items[i]);
    ++to;
  }
  items.resize(to);
}

}  // namespace

Result<Measurement> measure(SampleSource& source, Timeline timeline, const MeasureOptions& options) {
  Measurement m;
  m.timeline = std::move(timeline);
  JM_TRY_ASSIGN(const Rail rail, Rail::open(source));
  m.has_energy = rail.has_energy();
  m.has_charge = rail.has_charge();
  JM_TRY_ASSIGN(m.sampling, sampling_of(source));
  plan_guards(m, options);
  JM_TRY_ASSIGN(const std::vector<Anomaly> anomalies, source.anomalies());
  const std::vector<TimeRange> clipped = clipped_stretches(anomalies);
  JM_TRY_ASSIGN(const std::vector<Surroundings> surroundings,
                look_around(rail, m.timeline, m.sampling, clipped, m.plans));
  grow_guards(m.timeline, surroundings, !options.guard_ns, m.plans);
  m.partition = partition_time(m.timeline, guards_of(m, &EventPlan::clear), m.sampling.span);
  leave_out_clipped(clipped, m.partition);
  cut_idle(m);
  const bool idle = std::any_of(m.partition.segments.begin(), m.partition.segments.end(),
                                [](const Segment& segment) { return segment.label == k_idle_label; });
  choose_methods(m, find_isolated(m.timeline, guards_of(m, &EventPlan::guard)), idle);
  JM_TRY(read_fractional(rail, options.blocks, m));
  JM_TRY(read_whole(rail, m));
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(source.info()));
  for (const WindowSum& block : m.blocks)
    m.sampling.lost_s += block.missing_s;
  const double paused_s = static_cast<double>(paused_samples(anomalies, primary)) * m.sampling.interval_s;
  m.sampling.lost_s -= paused_s;
  if (m.sampling.lost_s < 1e-6 * m.sampling.interval_s) m.sampling.lost_s = 0;  // rounding
  for (const TimeRange& stretch : clipped)
    m.sampling.clipped_s += to_seconds(overlap_ns(stretch, m.sampling.span));
  flag_events(clipped, m);
  JM_TRY(read_noise(source, m));
  return m;
}

void leave_out_unfinished(Measurement& m) {
  m.goes_on = true;
  std::erase_if(m.timeline.anomalies,
                [](const Anomaly& anomaly) { return anomaly.kind == AnomalyKind::never_ending; });
  std::vector<bool> kept(m.flags.size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    kept[i] = (m.flags[i] & k_flag_outside_capture) == 0;
    if (!kept[i]) --m.plans[m.timeline.events[i].name].count;
  }
  for (auto* sums : {&m.events, &m.guarded, &m.before, &m.after})
    keep_only(kept, *sums);
  keep_only(kept, m.timeline.events);
  keep_only(kept, m.partition.event_labels);
  keep_only(kept, m.flags);
}

}  // namespace joulemark
