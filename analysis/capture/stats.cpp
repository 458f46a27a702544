// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/stats.h>

#include <array>

namespace joulemark::capture {
namespace {

constexpr std::size_t k_lanes = 8;  // independent accumulators: vectors for the machine, pairwise sums for us

template <typename T>
[[gnu::always_inline]] inline double total(const std::array<T, k_lanes>& lanes) {
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

template <typename T>
[[gnu::always_inline]] inline Stats compute(std::span<const T> values) {
  if (values.empty()) return {};
  const std::size_t whole = values.size() / k_lanes * k_lanes;
  std::array<double, k_lanes> sums{};
  std::array<T, k_lanes> low;
  std::array<T, k_lanes> high;
  low.fill(values[0]);
  high.fill(values[0]);
  for (std::size_t i = 0; i < whole; i += k_lanes) {
    for (std::size_t lane = 0; lane < k_lanes; ++lane) {
      const T v = values[i + lane];
      sums[lane] += static_cast<double>(v);
      low[lane] = v < low[lane] ? v : low[lane];
      high[lane] = v > high[lane] ? v : high[lane];
    }
  }
  for (std::size_t i = whole; i < values.size(); ++i) {
    const T v = values[i];
    sums[i - whole] += static_cast<double>(v);
    low[0] = v < low[0] ? v : low[0];
    high[0] = v > high[0] ? v : high[0];
  }
  Stats stats;
  stats.count = static_cast<std::int64_t>(values.size());
  stats.sum = total(sums);
  for (std::size_t lane = 1; lane < k_lanes; ++lane) {
    low[0] = low[lane] < low[0] ? low[lane] : low[0];
    high[0] = high[lane] > high[0] ? high[lane] : high[0];
  }
  stats.min = static_cast<double>(low[0]);
  stats.max = static_cast<double>(high[0]);
  const double mean = stats.sum / static_cast<double>(stats.count);
  std::array<double, k_lanes> squares{};
  for (std::size_t i = 0; i < whole; i += k_lanes) {
    for (std::size_t lane = 0; lane < k_lanes; ++lane) {
      const double d = static_cast<double>(values[i + lane]) - mean;
      squares[lane] += d * d;
    }
  }
  for (std::size_t i = whole; i < values.size(); ++i) {
    const double d = static_cast<double>(values[i]) - mean;
    squares[i - whole] += d * d;
  }
  stats.m2 = total(squares);
  return stats;
}

// The same arithmetic in the same order, with wider registers where the machine has them.
#if defined(__x86_64__)
[[gnu::target("avx2")]] Stats compute_wide(std::span<const float> values) {
  return compute(values);
}
[[gnu::target("avx2")]] Stats compute_wide(std::span<const double> values) {
  return compute(values);
}
const bool k_wide = __builtin_cpu_supports("avx2") != 0;
#else
Stats compute_wide(std::span<const float> values) {
  return compute(values);
}
Stats compute_wide(std::span<const double> values) {
  return compute(values);
}
constexpr bool k_wide = false;
#endif

}  // namespace

void Stats::merge(const Stats& other) {
  if (other.count == 0) return;
  if (count == 0) {
    *this = other;
    return;
  }
  const double n = static_cast<double>(count);
  const double m = static_cast<double>(other.count);
  const double delta = other.sum / m - sum / n;
  m2 += other.m2 + delta * delta * n * m / (n + m);
  sum += other.sum;
  count += other.count;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
}

Summary Stats::summary() const {
  if (count == 0) return {};
  return {count, sum, m2, static_cast<float>(min), static_cast<float>(max)};
}

Stats stats_of(std::span<const float> values) {
  return k_wide ? compute_wide(values) : compute(values);
}

Stats stats_of(std::span<const double> values) {
  return k_wide ? compute_wide(values) : compute(values);
}

}  // namespace joulemark::capture
