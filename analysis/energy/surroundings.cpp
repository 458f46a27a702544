// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/surroundings.h>
#include <analysis/statistics/describe.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace joulemark {
namespace {

constexpr std::size_t k_fewest = 5;
constexpr std::size_t k_most = 200;
constexpr double k_least_part = 1e-3;     // of an event: less is not worth a longer guard ...
constexpr double k_least_of_rest = 0.01;  // ... nor is less of what is drawn at rest, to keep idle clean
constexpr double k_shortest_part = 0.1;
constexpr double k_half = 0.5;
constexpr double k_rises = 1.03;  // from a part to the next, by chance
constexpr double k_abruptly = 0.15;
constexpr double k_much = 0.3;           // of the first part
constexpr double k_widest_spread = 0.5;  // from event to event, of the mean
constexpr TimeNs k_room = 6;             // guards
constexpr double k_at_rest = 2.0 / 3;    // of the gap: from there on nothing of the event is expected

enum Side : std::size_t { k_before, k_after };

// The gap on either side of an event that no other one is in or around.
struct Site {
  std::size_t event = 0;
  std::array<TimeNs, 2> gap_ns{};  // by Side
};

using Sites = std::vector<std::vector<Site>>;  // by name

// Events and doubts that touch are one stretch; only what begins or ends it has a gap there.
Sites find_sites(const Timeline& timeline, TimeRange span) {
  struct Edge {
    TimeRange time;
    std::optional<std::size_t> event;
  };
  std::vector<Edge> all;
  for (std::size_t i = 0; i < timeline.events.size(); ++i)
    all.push_back({timeline.events[i].time, i});
  for (const Doubt& doubt : timeline.doubts)
    all.push_back({doubt.time, std::nullopt});
  std::ranges::stable_sort(all, {}, [](const Edge& edge) { return edge.time.begin_ns; });
  Sites sites(timeline.names.size());
  TimeNs busy_until_ns = span.begin_ns;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t next = i + 1;
    TimeNs end_ns = all[i].time.end_ns;
    for (; next < all.size() && all[next].time.begin_ns < end_ns; ++next)
      end_ns = std::max(end_ns, all[next].time.end_ns);
    const TimeNs then_ns = next < all.size() ? all[next].time.begin_ns : span.end_ns;
    const bool around = all[i].time.end_ns == end_ns;  // what else there is lies in it
    if (all[i].event && around) {
      const std::size_t event = *all[i].event;
      sites[timeline.events[event].name].push_back(
          {event, {all[i].time.begin_ns - busy_until_ns, then_ns - end_ns}});
    }
    busy_until_ns = std::max(busy_until_ns, end_ns);
    i = next;
  }
  return sites;
}

void thin_out(std::vector<Site>& sites) {
  if (sites.size() <= k_most) return;
  for (std::size_t i = 0; i < k_most; ++i)
    sites[i] = sites[i * sites.size() / k_most];
  sites.resize(k_most);
}

// That all but this part of them reach.
TimeNs common_gap(std::vector<TimeNs> gaps_ns, double but) {
  const auto at = gaps_ns.begin() + static_cast<std::ptrdiff_t>(but * static_cast<double>(gaps_ns.size()));
  std::ranges::nth_element(gaps_ns, at);
  return *at;
}

// On one side, where there is room for the guard, its surroundings, and rest.
std::vector<TimeNs> wide_gaps(const std::vector<Site>& sites, Side side, TimeNs guard_ns) {
  std::vector<TimeNs> gaps_ns;
  for (const Site& site : sites) {
    if (site.gap_ns[side] >= k_room * guard_ns) gaps_ns.push_back(site.gap_ns[side]);
  }
  return gaps_ns;
}

// Distances from the event: the parts of its surroundings on one side, then where it is at rest.
struct Parts {
  std::vector<TimeNs> ends_ns;  // from 0 on
  TimeRange rest;
};

Parts parts_of(TimeNs guard_ns, TimeNs gap_ns) {
  Parts parts;
  parts.rest = {static_cast<TimeNs>(k_at_rest * static_cast<double>(gap_ns)), gap_ns - guard_ns};
  for (TimeNs end_ns = guard_ns; end_ns <= parts.rest.begin_ns; end_ns *= 2)
    parts.ends_ns.push_back(end_ns);
  return parts;
}

TimeRange at_distance(const Event& event, Side side, TimeRange distance) {
  if (side == k_after) return {event.time.end_ns + distance.begin_ns, event.time.end_ns + distance.end_ns};
  return {event.time.begin_ns - distance.end_ns, event.time.begin_ns - distance.begin_ns};
}

// Around one name's events.
class Surroundings {
 public:
  Surroundings(const Rail& rail, const Timeline& timeline, std::vector<Site> sites)
      : rail_(rail), timeline_(timeline), sites_(std::move(sites)) {}

  [[nodiscard]] Status look(bool grow, EventPlan& plan);

 private:
  [[nodiscard]] Status look(Side side, bool grow, EventPlan& plan);
  [[nodiscard]] TimeNs longest_guard(const EventPlan& plan) const;
  [[nodiscard]] double amount(const WindowSum& sum) const {
    return rail_.has_energy() ? sum.energy_j : sum.charge_c;
  }
  struct AboveRest {
    std::vector<std::vector<double>> parts;  // by part, by event: J or C
    std::vector<double> rest;                // by event: J/s or C/s
  };
  [[nodiscard]] Result<AboveRest> above_rest(Side side, const Parts& parts) const;
  [[nodiscard]] bool matters(const AboveRest& above, std::size_t part, TimeNs length_ns) const;
  // Parts from the event on in which the draw comes to rest; none where it does not fall from each to the
  // next, as it does not where something else goes on.
  [[nodiscard]] std::size_t parts_of_tail(const AboveRest& above, const Parts& parts) const;

  const Rail& rail_;
  const Timeline& timeline_;
  std::vector<Site> sites_;
  double event_ = 0;  // J or C, on average
  TimeNs grown_ns_ = 0;
  TimeNs clear_ns_ = 0;
};

// More than as much time far from events draws.
Result<Surroundings::AboveRest> Surroundings::above_rest(Side side, const Parts& parts) const {
  const std::size_t each = parts.ends_ns.size() + 1;
  std::vector<TimeRange> windows;
  for (const Site& site : sites_) {
    const Event& event = timeline_.events[site.event];
    TimeNs from_ns = 0;
    for (const TimeNs end_ns : parts.ends_ns)
      windows.push_back(at_distance(event, side, {std::exchange(from_ns, end_ns), end_ns}));
    windows.push_back(at_distance(event, side, parts.rest));
  }
  JM_TRY_ASSIGN(const std::vector<WindowSum> sums, rail_.over(windows, Boundary::fractional));
  AboveRest above;
  above.parts.resize(parts.ends_ns.size());
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    if (sites_[i].gap_ns[side] < parts.rest.end_ns) continue;
    const WindowSum& rest = sums[i * each + each - 1];
    if (rest.covered_s <= 0) continue;
    const double rate = amount(rest) / rest.covered_s;
    above.rest.push_back(rate);
    for (std::size_t part = 0; part < above.parts.size(); ++part) {
      const WindowSum& sum = sums[i * each + part];
      above.parts[part].push_back(amount(sum) - rate * sum.covered_s);
    }
  }
  return above;
}

double mean_of(const std::vector<double>& values) {
  return describe(values).mean.value_or(0);
}

// By excess alone, where events must keep out of each other's guards.
TimeNs Surroundings::longest_guard(const EventPlan& plan) const {
  if (!plan.wanted_excess) return 0;
  std::vector<TimeNs> gaps_ns;
  for (const Site& site : sites_)
    gaps_ns.push_back(std::ranges::min(site.gap_ns));
  return std::max(plan.guard_ns, common_gap(std::move(gaps_ns), k_shortest_part) / 2);
}

bool Surroundings::matters(const AboveRest& above, std::size_t part, TimeNs length_ns) const {
  if (!mean_above_zero(above.parts[part])) return false;
  if (part == 0) return true;
  const double mean = mean_of(above.parts[part]);
  const double at_rest = std::abs(mean_of(above.rest)) * to_seconds(length_ns);
  return mean >= k_least_part * event_ || mean >= k_least_of_rest * at_rest;
}

// What comes to rest falls from part to part, each time by about the square of what it fell by before. What
// falls by nothing and then all at once, or rises, is other work.
bool falls_as_a_tail(double ratio, double ratio_before) {
  const double least = ratio_before * ratio_before * ratio_before - k_abruptly;
  return ratio <= k_rises && ratio >= least;
}

// Every event has a tail, and not now and then one as large as several.
bool is_of_every_event(const std::vector<double>& above) {
  const Stats stats = describe(above);
  return stats.stddev.value_or(0) <= k_widest_spread * *stats.mean;
}

std::size_t Surroundings::parts_of_tail(const AboveRest& above, const Parts& parts) const {
  double first_rate = 0;
  double rate_before = 0;
  double ratio_before = 0;
  TimeNs begin_ns = 0;
  for (std::size_t part = 0; part < above.parts.size(); ++part) {
    const TimeNs length_ns = parts.ends_ns[part] - std::exchange(begin_ns, parts.ends_ns[part]);
    const double rate = std::max(0.0, mean_of(above.parts[part])) / to_seconds(length_ns);
    const double ratio = part == 0 ? 0 : rate / rate_before;
    if (!falls_as_a_tail(ratio, ratio_before)) return 0;
    if (!matters(above, part, length_ns)) return part;
    if (part == 0) first_rate = rate;
    if (rate > k_much * first_rate && !is_of_every_event(above.parts[part])) return 0;
    rate_before = rate;
    ratio_before = ratio;
  }
  return above.parts.size();
}

// The first part is within the guard from the beginning on.
Status Surroundings::look(Side side, bool grow, EventPlan& plan) {
  std::vector<TimeNs> gaps_ns = wide_gaps(sites_, side, plan.guard_ns);
  if (gaps_ns.size() < k_fewest) return {};
  const TimeNs gap_ns = common_gap(std::move(gaps_ns), k_half);
  const Parts parts = parts_of(plan.guard_ns, gap_ns);
  JM_TRY_ASSIGN(const auto above, above_rest(side, parts));
  double& outside_rel = side == k_before ? plan.before_rel : plan.after_rel;
  const std::size_t tail = parts_of_tail(above, parts);
  const TimeNs longest_ns = longest_guard(plan);
  for (std::size_t part = 0; part < tail; ++part) {
    const double relative = mean_of(above.parts[part]) / event_;
    outside_rel += relative;
    if (part == 0) continue;
    const TimeNs end_ns = parts.ends_ns[part];
    if (grow && end_ns <= gap_ns / 2) clear_ns_ = std::max(clear_ns_, end_ns);
    if (grow && end_ns <= std::min(longest_ns, gap_ns / 2)) {
      grown_ns_ = std::max(grown_ns_, end_ns);
    } else {
      plan.beyond_rel += relative;
    }
  }
  return {};
}

Status Surroundings::look(bool grow, EventPlan& plan) {
  std::vector<TimeRange> windows;
  for (const Site& site : sites_)
    windows.push_back(timeline_.events[site.event].time);
  JM_TRY_ASSIGN(const std::vector<WindowSum> sums, rail_.over(windows, Boundary::fractional));
  for (const WindowSum& sum : sums)
    event_ += amount(sum) / static_cast<double>(sums.size());
  if (event_ <= 0) return {};
  grown_ns_ = clear_ns_ = plan.guard_ns;
  for (const Side side : {k_before, k_after})
    JM_TRY(look(side, grow, plan));
  plan.guard_ns = grown_ns_;
  plan.clear_ns = clear_ns_;
  return {};
}

}  // namespace

Status look_around(const Rail& rail, const Timeline& timeline, const Sampling& sampling, bool grow,
                   std::vector<EventPlan>& plans) {
  Sites sites = find_sites(timeline, sampling.span);
  for (std::size_t name = 0; name < plans.size(); ++name) {
    if (sites[name].size() < k_fewest || timeline.names[name].drawn) continue;
    thin_out(sites[name]);
    JM_TRY(Surroundings(rail, timeline, std::move(sites[name])).look(grow, plans[name]));
  }
  return {};
}

}  // namespace joulemark
