// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/cut_short.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr std::size_t k_fewest_others = 5;
constexpr std::size_t k_one_in = 10;  // more often it is a way to run, not a mishap
constexpr TimeNs k_spreads = 4;

}  // namespace

std::optional<CutShort> find_cut_short(std::vector<TimeNs> lengths_ns, TimeNs resolution_ns) {
  std::ranges::sort(lengths_ns);
  const std::size_t size = lengths_ns.size();
  for (std::size_t cut = 1; cut <= std::max<std::size_t>(1, size / k_one_in); ++cut) {
    if (size < cut + k_fewest_others) return std::nullopt;
    const TimeNs shortest_ns = lengths_ns[cut];
    const TimeNs alike_ns = shortest_ns / 10;
    const TimeNs spread_ns =
        lengths_ns[cut + (size - cut) * 9 / 10] - shortest_ns;  // but for a few long ones
    if (spread_ns > alike_ns) continue;
    if (lengths_ns[cut - 1] >= shortest_ns - std::max({alike_ns, k_spreads * spread_ns, 2 * resolution_ns}))
      continue;
    return CutShort{static_cast<std::int64_t>(cut), lengths_ns[cut - 1], shortest_ns};
  }
  return std::nullopt;
}

}  // namespace joulemark
