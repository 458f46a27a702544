// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/adequacy.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_turn = 6.283185307179586;
constexpr double k_least_outside = 1e-4;

std::string up_to(double fraction) {
  return format_bound("up to", fraction);
}

std::string count(double samples) {
  return samples < 1000 ? fmt::format("{:.3g}", samples) : fmt::format("{:.0f}", samples);
}

// Whether the begins fall all over the sampling interval: the length of their mean direction (Rayleigh) is
// small.
bool phases_vary(std::span<const double> phases) {
  if (phases.size() < 10) return false;
  double x = 0;
  double y = 0;
  for (const double phase : phases) {
    x += std::cos(k_turn * phase);
    y += std::sin(k_turn * phase);
  }
  return std::hypot(x, y) < 0.5 * static_cast<double>(phases.size());
}

struct Bound {
  double relative = 0;
  std::vector<std::string> reasons;

  void add(double part, std::string reason) {
    relative += part;
    reasons.push_back(std::move(reason));
  }
};

// The part of the interval that no average covers. An unknown aperture counts as a point.
double unobserved_s(const Sampling& sampling) {
  const double aperture_s = sampling.aperture_s.known() ? sampling.aperture_s.value : 0;
  return std::max(0.0, sampling.interval_s - aperture_s);
}

void bound_integral(const Sampling& sampling, const EventPlan& plan, double step, Bound& bound) {
  const double latency_s = plan.median_latency_s;
  const double aperture_s = sampling.aperture_s.known() ? sampling.aperture_s.value : 0;
  const double split_s = std::min(aperture_s, sampling.interval_s) / 4 + unobserved_s(sampling) / 2;
  bound.add(2 * step * split_s / latency_s,
            fmt::format("{} samples of {} per event: splitting those at its edges leaves {}",
                        count(latency_s / sampling.interval_s), format_si(sampling.interval_s, "s", 3),
                        up_to(2 * step * split_s / latency_s)));
  const double edges = step * to_seconds(plan.resolution_ns) / latency_s;
  if (edges > 1e-4) {
    bound.add(edges, fmt::format("edges placed to within {} leave {}",
                                 format_si(to_seconds(plan.resolution_ns), "s", 3), up_to(edges)));
  }
}

// What the figure does not hold, as far as it is known: of an integral with what splitting leaves.
void bound_outside(const EventPlan& plan, Bound& bound) {
  const bool integral = plan.method == Method::integral;
  const double more = plan.not_held_rel() - (integral ? bound.relative : 0);
  if (more < k_least_outside) return;
  bound.add(more, fmt::format("what is drawn outside the {} leaves {}{}", integral ? "marker" : "guard",
                              up_to(plan.not_held_rel()), integral ? " in all" : ""));
}

void bound_excess(const Sampling& sampling, const EventPlan& plan, double step, bool vary, Bound& bound) {
  const double latency_s = plan.median_latency_s;
  const double edges = (1 - step) * to_seconds(plan.resolution_ns) / latency_s;
  bound.add(edges, fmt::format("whole samples around the event above idle; edge resolution leaves {}",
                               up_to(edges)));
  const double gaps_s = unobserved_s(sampling);
  if (gaps_s <= 0) return;
  const double credit = vary ? 1 / std::sqrt(static_cast<double>(plan.count)) : 1;
  const double gaps = step * gaps_s / latency_s * credit;
  bound.add(gaps, fmt::format("{} between samples goes unobserved: {}{}", format_si(gaps_s, "s", 3),
                              up_to(gaps), vary ? ", averaged over many phases" : ""));
}

}  // namespace

Adequacy adequacy_of(const Sampling& sampling, const EventPlan& plan, const EventReport& event,
                     const IdleReport& idle, std::span<const double> phases) {
  Adequacy adequacy;
  if (!event.power_w.mean && !event.charge_c.mean) {
    adequacy.reasons.emplace_back("no event whose energy counts");
    return adequacy;
  }
  // The part of the event's power that is a step above idle; all of it where that is unknown.
  double step = 1;
  if (idle.power_w.mean && event.power_w.mean && *event.power_w.mean > 0) {
    step = std::clamp(std::abs(1 - *idle.power_w.mean / *event.power_w.mean), 0.0, 1.0);
  }
  Bound bound;
  if (event.method == Method::integral) {
    bound_integral(sampling, plan, step, bound);
  } else {
    bound_excess(sampling, plan, step, phases_vary(phases), bound);
  }
  bound_outside(plan, bound);
  if (!plan.settled)
    bound.reasons.emplace_back(
        "what is drawn after it had not come to rest halfway to what follows: an estimate");
  if (!sampling.aperture_s.known()) {
    bound.reasons.emplace_back("the instrument's aperture is unknown; taken as a point in time");
  }
  adequacy.bound_rel = bound.relative;
  adequacy.reasons = std::move(bound.reasons);
  adequacy.grade = bound.relative <= 0.01 && plan.settled ? Grade::good
                   : bound.relative <= 0.05               ? Grade::fair
                                                          : Grade::poor;
  return adequacy;
}

}  // namespace joulemark
