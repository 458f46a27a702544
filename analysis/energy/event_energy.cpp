// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/adequacy.h>
#include <analysis/energy/event_energy.h>
#include <analysis/statistics/describe.h>
#include <analysis/statistics/student.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

// Energy and charge of one event are the same sums over different quantities.
struct Terms {
  double WindowSum::*quantity;
  std::optional<double> idle_rate;  // W or A
};

struct Amounts {
  std::optional<double> total;
  std::optional<double> net;
  std::optional<double> before;
  std::optional<double> after;
};

Amounts amounts_of(const Measurement& m, std::size_t i, Method method, const Terms& terms) {
  Amounts amounts;
  const double latency_s = m.timeline.events[i].time.seconds();
  if (method == Method::integral) {
    amounts.total = m.events[i].*terms.quantity;
    if (terms.idle_rate) amounts.net = *amounts.total - *terms.idle_rate * latency_s;
  } else if (terms.idle_rate) {
    const auto above_idle = [&](const WindowSum& sum) {
      return sum.*terms.quantity - *terms.idle_rate * sum.covered_s;
    };
    amounts.net = above_idle(m.guarded[i]);
    amounts.total = *amounts.net + *terms.idle_rate * latency_s;
    if (m.before[i].covered_s > 0) amounts.before = above_idle(m.before[i]);
    if (m.after[i].covered_s > 0) amounts.after = above_idle(m.after[i]);
  }
  return amounts;
}

std::optional<double> per(std::optional<double> amount, std::int64_t repeat) {
  if (!amount) return std::nullopt;
  return *amount / static_cast<double>(repeat);
}

// What is collected over the events of one name that count.
struct Collected {
  std::vector<double> energy, net, outside, charge, latency, power, peak;
  std::vector<double> before, after;  // J above idle, per window
  double event_s = 0;                 // summed
  double window_s = 0;                // what was integrated for them
  double outside_s = 0;               // and outside the marker
  std::vector<double> phase;          // of the begins in the sampling interval, in turns
  std::int64_t left_out = 0;
  std::uint8_t flags = 0;
};

void put(std::vector<double>& into, const std::optional<double>& value) {
  if (value) into.push_back(*value);
}

void collect(const Measurement& m, const IdleReport& idle, const EventRow& row, std::size_t i,
             Collected& into) {
  const std::int64_t repeat = m.timeline.names[row.name].repeat;
  into.latency.push_back(row.time.seconds() / static_cast<double>(repeat));
  into.flags |= row.flags;
  if (!counts(row.flags, row.method)) {
    ++into.left_out;
    return;
  }
  put(into.energy, row.energy_j);
  put(into.net, row.net_energy_j);
  put(into.outside, row.outside_marker_j);
  put(into.charge, row.charge_c);
  put(into.power, row.power_w);
  put(into.peak, row.peak_current_a);
  const double since_s = to_seconds(row.time.begin_ns - m.sampling.span.begin_ns);
  into.phase.push_back(std::fmod(since_s, m.sampling.interval_s) / m.sampling.interval_s);
  const bool excess = row.method == Method::excess;
  into.event_s += row.time.seconds();
  into.window_s += excess ? m.guarded[i].covered_s : row.time.seconds();
  if (!excess) return;
  into.outside_s += m.before[i].covered_s + m.after[i].covered_s;
  const Amounts energy = amounts_of(m, i, row.method, {&WindowSum::energy_j, idle.power_w.mean});
  put(into.before, energy.before);
  put(into.after, energy.after);
}

// What makes the sum over the events of a name uncertain: the idle time subtracted in it, whose estimate is
// the same for all, and the noise of the samples summed.
struct Doubtful {
  double idle_s = 0;
  std::optional<double> variance;  // of the noise in the sum
};

std::optional<double> variance_of(std::optional<double> event_density, double event_s,
                                  std::optional<double> idle_density, double idle_s) {
  if ((!event_density && event_s > 0) || (!idle_density && idle_s > 0)) return std::nullopt;
  return event_density.value_or(0) * event_s + idle_density.value_or(0) * idle_s;
}

std::optional<Interval> around(double mean, double half) {
  return Interval{mean - half, mean + half};
}

// The same idle estimate enters every event, so its uncertainty does not average out: it is added to the
// intervals of the mean, by the idle time that one event takes on average.
Stats with_doubts(Stats stats, const Stats& idle, const Doubtful& doubtful, std::int64_t repeat) {
  if (!stats.mean) return stats;
  const bool idle_unknown = doubtful.idle_s != 0 && !idle.ci95;
  if (idle_unknown) {
    stats.ci95.reset();
    return stats;
  }
  const double each = 1 / (static_cast<double>(stats.n) * static_cast<double>(repeat));
  const double by_idle = doubtful.idle_s != 0 ? each * doubtful.idle_s * idle.ci95->half_width() : 0;
  if (stats.ci95) stats.ci95 = around(*stats.mean, std::hypot(stats.ci95->half_width(), by_idle));
  if (doubtful.variance) {
    const double by_noise = k_normal95 * each * std::sqrt(*doubtful.variance);
    stats.measurement_ci95 = around(*stats.mean, std::hypot(by_noise, by_idle));
  }
  return stats;
}

// Energies and charges with their intervals.
void put_amounts(const Measurement& m, const IdleReport& idle, std::uint32_t name, const Collected& from,
                 EventReport& report) {
  const Noise& noise = m.noise[name];
  const Noise& at_rest = m.idle_noise;
  const double guard_s = std::max(0.0, from.window_s - from.event_s);
  const auto energy = variance_of(noise.energy, from.event_s, at_rest.energy, guard_s);
  const auto charge = variance_of(noise.charge, from.event_s, at_rest.charge, guard_s);
  const auto outside = variance_of({}, 0, at_rest.energy, from.outside_s);
  const double idle_s = from.window_s - from.event_s;
  const std::int64_t repeat = report.repeat;
  report.energy_j = with_doubts(describe(from.energy), idle.power_w, {idle_s, energy}, repeat);
  report.net_energy_j = with_doubts(describe(from.net), idle.power_w, {from.window_s, energy}, repeat);
  report.outside_marker_j =
      with_doubts(describe(from.outside), idle.power_w, {from.outside_s, outside}, repeat);
  report.charge_c = with_doubts(describe(from.charge), idle.current_a, {idle_s, charge}, repeat);
}

EventResult result_of(const Measurement& m, const IdleReport& idle, std::uint32_t name, Collected& from) {
  const EventPlan& plan = m.plans[name];
  const std::int64_t repeat = m.timeline.names[name].repeat;
  EventResult result;
  EventReport& report = result.report;
  report.name = m.timeline.names[name].name;
  report.count = plan.count;
  report.repeat = repeat;
  report.method = plan.method;
  report.guard_s = to_seconds(plan.guard.after_ns);
  report.energy_left_out = from.left_out;
  put_amounts(m, idle, name, from, report);
  report.latency_s = describe(from.latency);
  report.power_w = describe(from.power);
  report.peak_current_a = describe(from.peak);
  report.flags = names_of_flags(from.flags);
  result.outside = {mean_above_zero(from.before), mean_above_zero(from.after)};
  result.correlated = correlate_or_drift(from.energy.empty() ? from.charge : from.energy);
  if (result.correlated) report.flags.emplace_back("correlated");
  const Stats& energy = report.energy_j;
  if (energy.stddev && *energy.mean != 0 && energy.ci95) {
    report.uncertainty.type_a_rel = energy.ci95->half_width() / 2 / std::abs(*energy.mean);
  }
  report.adequacy = adequacy_of(m.sampling, plan, report, idle, from.phase);
  return result;
}

}  // namespace

bool counts(std::uint8_t flags, Method method) {
  constexpr std::uint8_t k_never = k_flag_lost_samples | k_flag_outside_capture | k_flag_clipped;
  if ((flags & k_never) != 0) return false;
  return method == Method::integral || (flags & k_flag_not_isolated) == 0;
}

std::vector<EventRow> event_rows(const Measurement& m, const IdleReport& idle) {
  std::vector<EventRow> rows(m.timeline.events.size());
  std::vector<std::int64_t> next(m.timeline.names.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EventRow& row = rows[i];
    const Event& event = m.timeline.events[i];
    const std::int64_t repeat = m.timeline.names[event.name].repeat;
    row.name = event.name;
    row.index = next[event.name]++;
    row.time = event.time;
    row.method = m.plans[event.name].method;
    row.flags = m.flags[i];
    if (!counts(row.flags, row.method)) continue;
    if (m.has_energy) {
      const Amounts energy = amounts_of(m, i, row.method, {&WindowSum::energy_j, idle.power_w.mean});
      row.energy_j = per(energy.total, repeat);
      row.net_energy_j = per(energy.net, repeat);
      if (energy.before && energy.after) row.outside_marker_j = per(*energy.before + *energy.after, repeat);
      if (energy.total) row.power_w = *energy.total / event.time.seconds();
    }
    if (m.has_charge) {
      const Amounts charge = amounts_of(m, i, row.method, {&WindowSum::charge_c, idle.current_a.mean});
      row.charge_c = per(charge.total, repeat);
      row.peak_current_a = m.events[i].peak_current_a;
    }
  }
  return rows;
}

std::vector<EventResult> event_results(const Measurement& m, const IdleReport& idle,
                                       const std::vector<EventRow>& rows) {
  std::vector<Collected> collected(m.timeline.names.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    collect(m, idle, rows[i], i, collected[rows[i].name]);
  std::vector<EventResult> results;
  for (std::uint32_t name = 0; name < collected.size(); ++name)
    results.push_back(result_of(m, idle, name, collected[name]));
  return results;
}

}  // namespace joulemark
