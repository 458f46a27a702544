// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/mark_match.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace joulemark {
namespace {

constexpr std::size_t k_most_steps = 50'000'000;

struct Attempt {
  MarkMatch match;
  bool handshake = false;
  double square_sum = 0;

  [[nodiscard]] bool better_than(const Attempt& other) const {
    return std::tuple(match.matched, handshake, -square_sum) >
           std::tuple(other.match.matched, other.handshake, -other.square_sum);
  }
};

// Each mark in turn takes the nearest edge that is still free and later than the last one taken.
Attempt try_offset(std::span<const LogMark> marks, std::span<const double> edges_s, double offset_s) {
  Attempt attempt;
  attempt.match.offset_s = offset_s;
  attempt.match.edges.resize(marks.size());
  std::size_t next = 0;
  for (std::size_t m = 0; m < marks.size(); ++m) {
    const double expected_s = marks[m].time_s - offset_s;
    const auto residual = [&](std::size_t e) { return std::abs(edges_s[e] - expected_s); };
    while (next < edges_s.size() && edges_s[next] < expected_s - k_mark_tolerance_s)
      ++next;
    std::size_t best = next;
    while (best + 1 < edges_s.size() && residual(best + 1) < residual(best))
      ++best;
    if (best >= edges_s.size() || residual(best) > k_mark_tolerance_s) continue;
    attempt.match.edges[m] = best;
    next = best + 1;
    if (marks[m].kind == LogMarkKind::handshake) {
      attempt.handshake = true;
      continue;
    }
    ++attempt.match.matched;
    attempt.match.max_residual_s = std::max(attempt.match.max_residual_s, residual(best));
    attempt.square_sum += residual(best) * residual(best);
  }
  return attempt;
}

// The same matches, seen from the middle of their residuals.
double centred(const MarkMatch& match, std::span<const LogMark> marks, std::span<const double> edges_s) {
  double low_s = std::numeric_limits<double>::infinity();
  double high_s = -low_s;
  for (std::size_t m = 0; m < marks.size(); ++m) {
    if (!match.edges[m] || marks[m].kind == LogMarkKind::handshake) continue;
    const double offset_s = marks[m].time_s - edges_s[*match.edges[m]];
    low_s = std::min(low_s, offset_s);
    high_s = std::max(high_s, offset_s);
  }
  return low_s + (high_s - low_s) / 2;
}

}  // namespace

std::optional<MarkMatch> match_marks(std::span<const LogMark> marks, std::span<const TimeNs> edges_ns) {
  if (edges_ns.empty() ||
      marks.size() * edges_ns.size() > k_most_steps / (marks.size() + edges_ns.size() + 1)) {
    return std::nullopt;
  }
  std::vector<double> edges_s;
  for (const TimeNs edge_ns : edges_ns)
    edges_s.push_back(to_seconds(edge_ns));
  std::optional<Attempt> best;
  for (const LogMark& mark : marks) {
    if (mark.kind == LogMarkKind::handshake) continue;
    for (const double edge_s : edges_s) {
      Attempt attempt = try_offset(marks, edges_s, mark.time_s - edge_s);
      if (attempt.match.matched > 0)
        attempt = try_offset(marks, edges_s, centred(attempt.match, marks, edges_s));
      if (!best || attempt.better_than(*best)) best = std::move(attempt);
    }
  }
  if (!best || best->match.matched == 0) return std::nullopt;
  return std::move(best->match);
}

}  // namespace joulemark
