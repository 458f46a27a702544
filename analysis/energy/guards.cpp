// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/guards.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr double k_least_part = 1e-3;      // of an event: less is not worth a longer guard, which
constexpr double k_least_in_doubt = 1e-2;  // takes in what idle is off by, where it holds some tail
constexpr double k_most_lost = 0.1;        // of the events that were alone

// How many parts behind its events a name's guard takes in; the first is the guard from the beginning on.
using Taken = std::vector<std::size_t>;

Taken wanted_parts(std::span<const Surroundings> surroundings, const std::vector<EventPlan>& plans) {
  Taken taken(plans.size(), 1);
  const bool in_doubt = std::ranges::any_of(
      surroundings, [](const Surroundings& around) { return around.after.remainder > 0; });
  const double least = in_doubt ? k_least_in_doubt : k_least_part;
  for (std::size_t name = 0; name < plans.size(); ++name) {
    const Beside& after = surroundings[name].after;
    if (!plans[name].wanted_excess || after.kind != Beside::Kind::tail || !after.begins_here) continue;
    while (taken[name] < after.parts.size() && after.parts[taken[name]].whole &&
           after.parts[taken[name]].relative >= least)
      ++taken[name];
  }
  return taken;
}

std::vector<Guard> guards_with(const Taken& taken, std::span<const Surroundings> surroundings,
                               const std::vector<EventPlan>& plans) {
  std::vector<Guard> guards;
  for (std::size_t name = 0; name < plans.size(); ++name) {
    Guard guard = plans[name].guard;
    if (taken[name] > 1) guard.after_ns = surroundings[name].after.parts[taken[name] - 1].end_ns;
    guards.push_back(guard);
  }
  return guards;
}

std::vector<double> alone_by_name(const Timeline& timeline, std::span<const Guard> guards) {
  std::vector<double> alone(guards.size());
  const std::vector<bool> isolated = find_isolated(timeline, guards);
  for (std::size_t i = 0; i < isolated.size(); ++i)
    alone[timeline.events[i].name] += isolated[i] ? 1 : 0;
  return alone;
}

// All step back together until nobody loses much.
std::vector<Guard> longest_guards(const Timeline& timeline, std::span<const Surroundings> surroundings,
                                  const std::vector<EventPlan>& plans) {
  Taken taken = wanted_parts(surroundings, plans);
  const auto grown = [&] { return std::ranges::any_of(taken, [](std::size_t parts) { return parts > 1; }); };
  const Taken first(plans.size(), 1);
  if (!grown()) return guards_with(first, surroundings, plans);
  const std::vector<double> before = alone_by_name(timeline, guards_with(first, surroundings, plans));
  for (; grown(); std::ranges::for_each(taken, [](std::size_t& parts) { parts -= parts > 1 ? 1 : 0; })) {
    const std::vector<double> alone = alone_by_name(timeline, guards_with(taken, surroundings, plans));
    if (std::ranges::equal(alone, before,
                           [](double now, double then) { return now >= (1 - k_most_lost) * then; }))
      break;
  }
  return guards_with(taken, surroundings, plans);
}

void tell(const Beside& beside, TimeNs guard_ns, double& outside_rel, EventPlan& plan) {
  plan.looked = plan.looked && beside.kind != Beside::Kind::unknown;
  for (const Beside::Part& part : beside.parts) {
    if (beside.kind == Beside::Kind::work) {
      plan.beside_rel += part.relative;
      continue;
    }
    outside_rel += part.relative;
    if (part.end_ns > guard_ns) plan.beyond_rel += part.relative;
  }
  outside_rel += beside.remainder;
  plan.beyond_rel += beside.remainder;
  plan.settled = plan.settled && beside.remainder == 0;
}

TimeNs reach_of(const Beside& beside, TimeNs guard_ns) {
  return std::max(guard_ns, beside.always_until_ns);
}

}  // namespace

void grow_guards(const Timeline& timeline, std::span<const Surroundings> surroundings, bool grow,
                 std::vector<EventPlan>& plans) {
  const std::vector<Guard> longest =
      grow ? longest_guards(timeline, surroundings, plans) : std::vector<Guard>();
  for (std::size_t name = 0; name < plans.size(); ++name) {
    EventPlan& plan = plans[name];
    const Surroundings& around = surroundings[name];
    if (grow) {
      plan.guard = longest[name];
      plan.clear = {reach_of(around.before, plan.guard.before_ns),
                    reach_of(around.after, plan.guard.after_ns)};
    }
    tell(around.before, plan.guard.before_ns, plan.before_rel, plan);
    tell(around.after, plan.guard.after_ns, plan.after_rel, plan);
  }
}

}  // namespace joulemark
