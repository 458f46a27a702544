// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/surroundings.h>
#include <analysis/model/stretches.h>
#include <analysis/statistics/describe.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

namespace joulemark {
namespace {

constexpr std::size_t k_fewest = 3;
constexpr std::size_t k_most = 200;
constexpr double k_least_part = 1e-3;     // of an event: less is not worth knowing ...
constexpr double k_least_of_rest = 0.01;  // ... but for what it adds to the draw at rest
constexpr double k_most_broken = 0.1;
constexpr double k_rises = 1.03;  // from a part to the next, by chance
constexpr double k_abruptly = 0.15;
constexpr double k_much = 0.3;         // of the first part
constexpr double k_least_often = 0.1;  // the lowest quarter, of the mean
constexpr TimeNs k_room = 6;           // guards
constexpr double k_longer = 1.25;      // for a last part that is shorter than twice the one before

enum Side : std::size_t { k_before, k_after };

// The gap on either side of an event that no other one is in or around.
struct Site {
  std::size_t event = 0;
  std::array<TimeNs, 2> gap_ns{};  // by Side
};

using Sites = std::vector<std::vector<Site>>;  // by name

struct Stretch {
  TimeRange time;
  std::optional<std::size_t> event;
};

std::vector<Stretch> busy_stretches(const Timeline& timeline) {
  std::vector<Stretch> all;
  for (std::size_t i = 0; i < timeline.events.size(); ++i)
    all.push_back({timeline.events[i].time, i});
  for (const Doubt& doubt : timeline.doubts)
    all.push_back({doubt.time, std::nullopt});
  std::ranges::stable_sort(all, {}, [](const Stretch& stretch) { return stretch.time.begin_ns; });
  return all;
}

// Events and doubts that overlap are one cluster, and those that are all of it have its gaps.
Sites find_sites(const Timeline& timeline, TimeRange span) {
  const std::vector<Stretch> all = busy_stretches(timeline);
  Sites sites(timeline.names.size());
  TimeNs busy_until_ns = span.begin_ns;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t next = i + 1;
    TimeRange cluster = all[i].time;
    for (; next < all.size() && all[next].time.begin_ns < cluster.end_ns; ++next)
      cluster.end_ns = std::max(cluster.end_ns, all[next].time.end_ns);
    const TimeNs then_ns = next < all.size() ? all[next].time.begin_ns : span.end_ns;
    const std::array<TimeNs, 2> gaps{cluster.begin_ns - busy_until_ns, then_ns - cluster.end_ns};
    for (; i < next; ++i) {
      if (all[i].event && all[i].time == cluster)
        sites[timeline.events[*all[i].event].name].push_back({*all[i].event, gaps});
    }
    busy_until_ns = std::max(busy_until_ns, cluster.end_ns);
  }
  return sites;
}

// Evenly, but not in step with whatever repeats every few events.
void thin_out(std::vector<Site>& sites) {
  if (sites.size() <= k_most) return;
  constexpr std::size_t k_scatter = 2'654'435'761;
  const std::size_t stride = sites.size() / k_most;
  for (std::size_t i = 0; i < k_most; ++i)
    sites[i] = sites[i * sites.size() / k_most + i * k_scatter / 65'536 % stride];
  sites.resize(k_most);
}

// That at least half of those with room for the guard and its surroundings have, three of them in any case;
// none: there are fewer.
std::optional<TimeNs> common_gap(const std::vector<Site>& sites, Side side, TimeNs guard_ns) {
  std::vector<TimeNs> gaps_ns;
  for (const Site& site : sites) {
    if (site.gap_ns[side] >= k_room * guard_ns) gaps_ns.push_back(site.gap_ns[side]);
  }
  if (gaps_ns.size() < k_fewest) return std::nullopt;
  std::ranges::sort(gaps_ns, std::greater<>());
  return gaps_ns[std::max(k_fewest, gaps_ns.size() / 2) - 1];
}

// Distances from the event: where parts end, and where it is at rest, away from what comes next.
struct Distances {
  std::vector<TimeNs> ends_ns;
  TimeRange rest;

  [[nodiscard]] TimeNs length_ns(std::size_t part) const {
    return part == 0 ? ends_ns[0] : ends_ns[part] - ends_ns[part - 1];
  }
};

Distances distances_for(TimeNs guard_ns, TimeNs gap_ns) {
  Distances distances;
  const TimeNs middle_ns = gap_ns / 2;
  distances.rest = {middle_ns, middle_ns + gap_ns / 4};
  for (TimeNs end_ns = guard_ns; end_ns <= middle_ns; end_ns *= 2)
    distances.ends_ns.push_back(end_ns);
  if (static_cast<double>(middle_ns) > k_longer * static_cast<double>(distances.ends_ns.back()))
    distances.ends_ns.push_back(middle_ns);
  return distances;
}

TimeRange at_distance(const Event& event, Side side, TimeRange distance) {
  if (side == k_after) return {event.time.end_ns + distance.begin_ns, event.time.end_ns + distance.end_ns};
  return {event.time.begin_ns - distance.end_ns, event.time.begin_ns - distance.begin_ns};
}

double mean_of(const std::vector<double>& values) {
  return describe(values).mean.value_or(0);
}

// What was read beside the events that have room: more than as much time at rest draws.
struct Reading {
  std::vector<std::vector<double>> above;  // by part, by event: J or C
  std::vector<double> rest;                // by event: J/s or C/s
  std::vector<double> own;                 // by event: J or C, of the two the larger: with rest, or without
  std::vector<int> broken;                 // by part: events of which something is missing up to its end
  std::vector<double> across;              // by event: J/s or C/s on the other side of it, above rest

  [[nodiscard]] double amount() const { return mean_of(own); }
  [[nodiscard]] double rate(std::size_t part, const Distances& distances) const {
    return std::max(0.0, mean_of(above[part])) / to_seconds(distances.length_ns(part));
  }
};

class Look {
 public:
  Look(const Rail& rail, const Timeline& timeline, const std::vector<TimeRange>& clipped)
      : rail_(rail), timeline_(timeline), clipped_(clipped) {}

  [[nodiscard]] Result<Beside> beside(const std::vector<Site>& sites, Side side, TimeNs guard_ns) const;

 private:
  [[nodiscard]] double amount(const WindowSum& sum) const {
    return rail_.has_energy() ? sum.energy_j : sum.charge_c;
  }
  void take(std::span<const WindowSum> sums, std::span<const TimeRange> windows, Reading& reading) const;
  [[nodiscard]] Result<Reading> read(const std::vector<Site>& sites, Side side,
                                     const Distances& distances) const;

  const Rail& rail_;
  const Timeline& timeline_;
  const std::vector<TimeRange>& clipped_;
};

// Of one event: the event, its other side, its parts, its rest.
void Look::take(std::span<const WindowSum> sums, std::span<const TimeRange> windows, Reading& reading) const {
  constexpr double k_least_missing_s = 1e-9;
  const WindowSum& rest = sums.back();
  if (rest.covered_s <= 0) return;
  const double rate = amount(rest) / rest.covered_s;
  const double own = amount(sums[0]);
  reading.rest.push_back(rate);
  reading.own.push_back(std::max(own, own - rate * sums[0].covered_s));
  if (sums[1].covered_s > 0) reading.across.push_back(amount(sums[1]) / sums[1].covered_s - rate);
  bool broken = false;
  for (std::size_t part = 0; part < reading.above.size(); ++part) {
    const WindowSum& sum = sums[part + 2];
    reading.above[part].push_back(amount(sum) - rate * sum.covered_s);
    broken = broken || sum.missing_s > k_least_missing_s || touches(clipped_, windows[part + 2]);
    reading.broken[part] += broken ? 1 : 0;
  }
}

Result<Reading> Look::read(const std::vector<Site>& sites, Side side, const Distances& distances) const {
  std::vector<TimeRange> windows;
  for (const Site& site : sites) {
    const Event& event = timeline_.events[site.event];
    windows.push_back(event.time);
    TimeNs from_ns = distances.ends_ns[0];
    windows.push_back(at_distance(event, side == k_after ? k_before : k_after, {from_ns, 2 * from_ns}));
    from_ns = 0;
    for (const TimeNs end_ns : distances.ends_ns)
      windows.push_back(at_distance(event, side, {std::exchange(from_ns, end_ns), end_ns}));
    windows.push_back(at_distance(event, side, distances.rest));
  }
  JM_TRY_ASSIGN(const std::vector<WindowSum> sums, rail_.over(windows, Boundary::fractional));
  Reading reading;
  reading.above.resize(distances.ends_ns.size());
  reading.broken.resize(distances.ends_ns.size());
  const std::size_t each = distances.ends_ns.size() + 3;
  for (std::size_t i = 0; i < sites.size(); ++i)
    take(std::span(sums).subspan(i * each, each), std::span(windows).subspan(i * each, each), reading);
  return reading;
}

bool matters(const Reading& reading, std::size_t part, const Distances& distances) {
  if (!mean_above_zero(reading.above[part])) return false;
  if (part == 0) return true;
  const double at_rest = std::abs(mean_of(reading.rest));
  return mean_of(reading.above[part]) >= k_least_part * reading.amount() ||
         reading.rate(part, distances) >= k_least_of_rest * at_rest;
}

// It is beside every event, and not now and then one as large as several.
bool is_of_every_event(std::vector<double> above) {
  const double mean = mean_of(above);
  const auto quarter = above.begin() + static_cast<std::ptrdiff_t>(above.size() / 4);
  std::ranges::nth_element(above, quarter);
  return *quarter >= k_least_often * mean;
}

// What comes to rest falls from part to part, each time by about the square of what it fell by before. What
// falls by nothing and then all at once, or rises, is other work.
bool falls_as_a_tail(double ratio, double ratio_before) {
  const double least = ratio_before * ratio_before * ratio_before - k_abruptly;
  return ratio <= k_rises && ratio >= least;
}

struct Shape {
  bool tail = true;
  std::size_t parts = 0;        // of it
  std::size_t every_event = 0;  // parts that are beside every event
  double last_ratio = 0;
};

Shape shape_of(const Reading& reading, const Distances& distances) {
  Shape shape;
  double rate_before = 0;
  bool always = true;
  for (std::size_t part = 0; part < reading.above.size(); ++part) {
    const double rate = reading.rate(part, distances);
    const double ratio = part == 0 ? 0 : rate / rate_before;
    shape.tail = shape.tail && falls_as_a_tail(ratio, shape.last_ratio);
    if (!matters(reading, part, distances)) break;
    const bool every = is_of_every_event(reading.above[part]);
    always = always && every;
    shape.tail = shape.tail && (every || rate < k_much * reading.rate(0, distances));
    shape.last_ratio = ratio;
    rate_before = rate;
    shape.parts = part + 1;
    if (always) shape.every_event = part + 1;
  }
  return shape;
}

// Behind the last part: the next one would be twice as long, at a rate that fell by the square.
double remainder_of(double last_part, double last_ratio) {
  constexpr double k_most_ratio = 0.7;  // beyond, the sum has no end
  const double next = 2 * std::min(last_ratio, k_most_ratio) * std::min(last_ratio, k_most_ratio);
  return last_part * std::max(1.0, 2 * next);  // as what is taken for rest holds some of it, too
}

Result<Beside> Look::beside(const std::vector<Site>& all, Side side, TimeNs guard_ns) const {
  Beside beside;
  const auto gap_ns = common_gap(all, side, guard_ns);
  if (!gap_ns) return beside;
  std::vector<Site> sites;
  std::ranges::copy_if(all, std::back_inserter(sites),
                       [&](const Site& site) { return site.gap_ns[side] >= *gap_ns; });
  const Distances distances = distances_for(guard_ns, *gap_ns);
  JM_TRY_ASSIGN(const Reading reading, read(sites, side, distances));
  if (reading.rest.size() < k_fewest || reading.amount() <= 0) return beside;
  const Shape shape = shape_of(reading, distances);
  beside.kind = shape.parts == 0 ? Beside::Kind::rest : shape.tail ? Beside::Kind::tail : Beside::Kind::work;
  const std::size_t always = shape.tail ? shape.parts : shape.every_event;
  beside.begins_here = shape.parts == 0 || mean_of(reading.across) < k_much * reading.rate(0, distances);
  if (always > 0) beside.always_until_ns = distances.ends_ns[always - 1];
  const double most_broken = k_most_broken * static_cast<double>(reading.rest.size());
  for (std::size_t part = 0; part < shape.parts; ++part) {
    beside.parts.push_back({distances.ends_ns[part], mean_of(reading.above[part]) / reading.amount(),
                            reading.broken[part] <= most_broken});
  }
  if (shape.tail && shape.parts == reading.above.size())
    beside.remainder = remainder_of(beside.parts.back().relative, shape.last_ratio);
  return beside;
}

}  // namespace

Result<std::vector<Surroundings>> look_around(const Rail& rail, const Timeline& timeline,
                                              const Sampling& sampling, const std::vector<TimeRange>& clipped,
                                              std::span<const EventPlan> plans) {
  Sites sites = find_sites(timeline, sampling.span);
  const Look look(rail, timeline, clipped);
  std::vector<Surroundings> surroundings(plans.size());
  for (std::size_t name = 0; name < plans.size(); ++name) {
    if (timeline.names[name].drawn) continue;
    thin_out(sites[name]);
    JM_TRY_ASSIGN(surroundings[name].before, look.beside(sites[name], k_before, plans[name].guard.before_ns));
    JM_TRY_ASSIGN(surroundings[name].after, look.beside(sites[name], k_after, plans[name].guard.after_ns));
  }
  return surroundings;
}

}  // namespace joulemark
