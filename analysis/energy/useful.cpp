// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/useful.h>
#include <analysis/statistics/describe.h>

#include <algorithm>

namespace joulemark {
namespace {

bool recorded(const WindowSum& sum) {
  return sum.covered_s > 0 && sum.covered_s >= sum.missing_s;
}

std::size_t block_of(const Measurement& m, TimeNs time_ns) {
  const TimeRange span = m.sampling.span;
  const double part = static_cast<double>(time_ns - span.begin_ns) / static_cast<double>(span.length_ns());
  const double last = static_cast<double>(m.blocks.size() - 1);
  return static_cast<std::size_t>(std::clamp(part * static_cast<double>(m.blocks.size()), 0.0, last));
}

// Energy that excess finds for the events of a name beyond the time inside their markers.
std::vector<double> beyond_markers(const Measurement& m, const std::vector<EventRow>& rows) {
  std::vector<double> beyond(m.timeline.names.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].method != Method::excess || !rows[i].energy_j) continue;
    const double repeat = static_cast<double>(m.timeline.names[rows[i].name].repeat);
    beyond[rows[i].name] += *rows[i].energy_j * repeat - m.events[i].energy_j;
  }
  return beyond;
}

}  // namespace

std::size_t blocks_for(std::int64_t useful_events) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(useful_events / 4, 10, 20));
}

UsefulEventReport useful_event(const Measurement& m, std::optional<std::uint32_t> name) {
  UsefulEventReport useful;
  if (!name) return useful;
  useful.name = m.timeline.names[*name].name;
  const std::int64_t repeat = m.timeline.names[*name].repeat;
  std::vector<double> counts(m.blocks.size());
  for (std::size_t i = 0; i < m.timeline.events.size(); ++i) {
    const Event& event = m.timeline.events[i];
    if (event.name != *name || !recorded(m.events[i])) continue;
    ++useful.n;
    counts[block_of(m, event.time.begin_ns)] += static_cast<double>(repeat);
  }
  useful.count = useful.n * repeat;
  if (useful.count == 0 || !m.has_energy) return useful;
  std::vector<double> energies;
  double total_j = 0;
  for (const WindowSum& block : m.blocks) {
    energies.push_back(block.energy_j);
    total_j += block.energy_j;
  }
  useful.energy_j = total_j / static_cast<double>(useful.count);
  if (useful.n >= 2) useful.ci95 = ratio_interval(energies, counts);
  return useful;
}

std::vector<Share> shares_of(const Measurement& m, const IdleReport& idle, const std::vector<EventRow>& rows,
                             const std::vector<EventResult>& results) {
  if (!m.has_energy) return {};
  std::vector<double> energies(m.partition.labels.size());
  double total_j = 0;
  double guard_s = 0;
  for (std::size_t i = 0; i < m.segments.size(); ++i) {
    const std::uint32_t label = m.partition.segments[i].label;
    energies[label] += m.segments[i].energy_j;
    total_j += m.segments[i].energy_j;
    if (label == k_guard_label) guard_s += m.segments[i].covered_s;
  }
  if (!(total_j > 0)) return {};
  energies[k_idle_label] += idle.power_w.mean.value_or(0) * guard_s;
  const std::vector<double> beyond = beyond_markers(m, rows);
  std::vector<Share> shares{{"idle", energies[k_idle_label] / total_j}};
  for (std::size_t name = 0; name < results.size(); ++name) {
    const EventReport& report = results[name].report;
    const OutsideMarker& outside = results[name].outside;
    double self_j = energies[k_first_event_label + name] + beyond[name];
    double outside_j = 0;
    if (outside.before() || outside.after()) {
      const auto& each = report.outside_marker_j;
      outside_j = *each.mean * static_cast<double>(each.n) * static_cast<double>(report.repeat);
    }
    shares.push_back({report.name, (self_j - outside_j) / total_j});
    if (outside_j != 0) shares.push_back({report.name + " outside_marker", outside_j / total_j});
  }
  for (std::size_t label = k_first_event_label + results.size(); label < energies.size(); ++label)
    shares.push_back({m.partition.labels[label], energies[label] / total_j});
  double rest = 1;
  for (const Share& share : shares)
    rest -= share.fraction;
  shares.push_back({"unattributed", rest});
  return shares;
}

}  // namespace joulemark
