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

// By label: what excess finds for its events beyond the time inside their markers, and how much of that is
// said to lie outside them. Events of one window share what there is.
struct Beyond {
  std::vector<double> energy_j;
  std::vector<double> outside_j;
};

Beyond beyond_markers(const Measurement& m, const std::vector<EventRow>& rows) {
  Beyond beyond{std::vector<double>(m.partition.labels.size()),
                std::vector<double>(m.partition.labels.size())};
  TimeRange counted;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].method != Method::excess || !rows[i].energy_j || rows[i].time == counted) continue;
    counted = rows[i].time;
    const double repeat = static_cast<double>(m.timeline.names[rows[i].name].repeat);
    const std::uint32_t label = m.partition.event_labels[i];
    beyond.energy_j[label] += *rows[i].energy_j * repeat - m.events[i].energy_j;
    beyond.outside_j[label] += rows[i].outside_marker_j.value_or(0) * repeat;
  }
  return beyond;
}

// What the segments amount to, by label.
struct Spent {
  std::vector<double> energy_j;
  double total_j = 0;
  double guard_s = 0;
};

Spent spent_by_label(const Measurement& m) {
  Spent spent;
  spent.energy_j.resize(m.partition.labels.size());
  for (std::size_t i = 0; i < m.segments.size(); ++i) {
    const std::uint32_t label = m.partition.segments[i].label;
    spent.energy_j[label] += m.segments[i].energy_j;
    spent.total_j += m.segments[i].energy_j;
    if (label == k_guard_label) spent.guard_s += m.segments[i].covered_s;
  }
  return spent;
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
  // What the instrument could not see is not spread that an interval would tell of.
  if (useful.n >= 2 && m.sampling.clipped_s == 0) useful.ci95 = ratio_interval(energies, counts);
  return useful;
}

std::vector<Share> shares_of(const Measurement& m, const IdleReport& idle, const std::vector<EventRow>& rows,
                             const std::vector<EventResult>& results) {
  if (!m.has_energy) return {};
  const Spent spent = spent_by_label(m);
  if (!(spent.total_j > 0)) return {};
  const Beyond beyond = beyond_markers(m, rows);
  const double idle_j = spent.energy_j[k_idle_label] + idle.power_w.mean.value_or(0) * spent.guard_s;
  std::vector<Share> shares{{"idle", idle_j / spent.total_j}};
  for (std::size_t label = k_first_event_label; label < spent.energy_j.size(); ++label) {
    const std::size_t name = label - k_first_event_label;
    const std::string& text = m.partition.labels[label];
    const bool apart = name < results.size() && (results[name].outside.before || results[name].outside.after);
    const double outside_j = apart ? beyond.outside_j[label] : 0;
    shares.push_back({text, (spent.energy_j[label] + beyond.energy_j[label] - outside_j) / spent.total_j});
    if (outside_j != 0) shares.push_back({text + " outside_marker", outside_j / spent.total_j});
  }
  double rest = 1;
  for (const Share& share : shares)
    rest -= share.fraction;
  shares.push_back({"unattributed", rest});
  return shares;
}

}  // namespace joulemark
