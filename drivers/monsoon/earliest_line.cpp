// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/earliest_line.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace joulemark::monsoon {
namespace {

constexpr std::size_t k_parts = 12;
constexpr std::size_t k_fewest_parts = 4;
constexpr double k_least_late_s = 1e-6;  // no arrival is stamped any better

struct Hull {
  std::array<Delay, k_most_delays> corners;
  std::size_t size = 0;

  void add(const Delay& delay) {
    while (size >= 2 && !turns_up(corners[size - 2], corners[size - 1], delay))
      --size;
    corners[size++] = delay;
  }
  static bool turns_up(const Delay& a, const Delay& b, const Delay& c) {
    return (b.late_s - a.late_s) * (c.at_s - a.at_s) < (c.late_s - a.late_s) * (b.at_s - a.at_s);
  }
};

// Of each part of the time that has any, the least late delay, as it is above the line.
struct Parts {
  std::array<Delay, k_parts> least;
  std::size_t size = 0;

  Parts(const EarliestLine& line, std::span<const Delay> delays) {
    const double begin_s = delays.front().at_s;
    const double part_s = (delays.back().at_s - begin_s) / k_parts;
    double end_s = begin_s;
    for (const Delay& each : delays) {
      const Delay above{each.at_s, line.late_s(each)};
      if (size == 0 || (above.at_s >= end_s && size < k_parts)) {
        least[size++] = above;
        end_s = begin_s + (std::floor((above.at_s - begin_s) / part_s) + 1) * part_s;
      } else if (above.late_s < least[size - 1].late_s) {
        least[size - 1] = above;
      }
    }
  }
};

double spread_s(std::span<const Delay> delays) {
  double mean_s = 0;
  double squares = 0;
  for (const Delay& each : delays)
    mean_s += each.at_s / static_cast<double>(delays.size());
  for (const Delay& each : delays)
    squares += (each.at_s - mean_s) * (each.at_s - mean_s);
  return std::sqrt(squares / static_cast<double>(delays.size()));
}

std::optional<EarliestLine> through(const Delay& a, const Delay& b, std::span<const Delay> delays) {
  EarliestLine line{a, (b.late_s - a.late_s) / (b.at_s - a.at_s), 0, 0};
  Parts parts(line, delays);
  if (parts.size < k_fewest_parts) return std::nullopt;
  const auto all = std::span(parts.least).first(parts.size);
  const auto punctual = all.first((parts.size + 1) / 2);
  std::ranges::nth_element(all, all.begin() + std::ssize(punctual) - 1, {}, &Delay::late_s);
  line.typical_late_s = std::max(punctual.back().late_s, k_least_late_s);
  line.slope_sigma = line.typical_late_s / spread_s(punctual);
  return line;
}

}  // namespace

std::optional<EarliestLine> earliest_line(std::span<const Delay> delays, double most_slope) {
  Hull hull;
  for (const Delay& each : delays)
    hull.add(each);
  std::optional<EarliestLine> best;
  for (std::size_t i = 0; i + 1 < hull.size; ++i) {
    const auto line = through(hull.corners[i], hull.corners[i + 1], delays);
    if (!line || std::abs(line->slope) > most_slope) continue;
    if (!best || line->slope_sigma < best->slope_sigma) best = line;
  }
  return best;
}

}  // namespace joulemark::monsoon
