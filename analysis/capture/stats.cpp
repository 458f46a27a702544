// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/stats.h>
#include <analysis/capture/wide.h>

#include <cstring>
#include <type_traits>

namespace joulemark::capture {
namespace {

constexpr std::size_t k_width = 4;
using Doubles [[gnu::vector_size(k_width * sizeof(double))]] = double;
using Floats [[gnu::vector_size(k_width * sizeof(float))]] = float;

template <typename T>
using Values = std::conditional_t<std::is_same_v<T, float>, Floats, Doubles>;

// Four running sums side by side: vectors for the machine, shorter sums for us.
template <typename T>
struct Lanes {
  Doubles sum{};  // of differences from the pivot
  Doubles squares{};
  Values<T> low;
  Values<T> high;

  [[gnu::always_inline]] void add(const T* values, double pivot) {
    Values<T> v;
    std::memcpy(&v, values, sizeof v);
    const Doubles d = __builtin_convertvector(v, Doubles) - pivot;
    sum += d;
    squares += d * d;
    low = v < low ? v : low;
    high = v > high ? v : high;
  }
  [[gnu::always_inline]] void merge(const Lanes& other) {
    sum += other.sum;
    squares += other.squares;
    low = other.low < low ? other.low : low;
    high = other.high > high ? other.high : high;
  }
};

// One pass. The squares are summed about the first value: as it is one of the values, their sum is at most
// (count + 1) times m2, so taking the rest off costs at most that factor of rounding.
template <typename T>
[[gnu::always_inline]] inline Stats compute(std::span<const T> values) {
  if (values.empty()) return {};
  const T first = values[0];
  const double pivot = static_cast<double>(first);
  const Values<T> all = first - Values<T>{};
  Lanes<T> lanes{{}, {}, all, all};
  Lanes<T> others = lanes;
  const std::size_t whole = values.size() / (2 * k_width) * (2 * k_width);
  for (std::size_t i = 0; i < whole; i += 2 * k_width) {
    lanes.add(&values[i], pivot);
    others.add(&values[i + k_width], pivot);
  }
  lanes.merge(others);
  const auto& [sums, squared, lows, highs] = lanes;
  double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  double squares = (squared[0] + squared[1]) + (squared[2] + squared[3]);
  T low = lows[0];
  T high = highs[0];
  for (std::size_t lane = 1; lane < k_width; ++lane) {
    low = lows[lane] < low ? lows[lane] : low;
    high = highs[lane] > high ? highs[lane] : high;
  }
  for (const T v : values.subspan(whole)) {
    const double d = static_cast<double>(v) - pivot;
    sum += d;
    squares += d * d;
    low = v < low ? v : low;
    high = v > high ? v : high;
  }
  const double n = static_cast<double>(values.size());
  return {static_cast<std::int64_t>(values.size()), pivot * n + sum, std::max(0.0, squares - sum * sum / n),
          static_cast<double>(low), static_cast<double>(high)};
}

JM_WIDE Stats compute_wide(std::span<const float> values) {
  return compute(values);
}
JM_WIDE Stats compute_wide(std::span<const double> values) {
  return compute(values);
}

}  // namespace

void Stats::merge(const Stats& other) {
  if (other.count == 0) return;
  if (count == 0) {
    *this = other;
    return;
  }
  m2 = merged_m2(static_cast<double>(count), sum, m2, static_cast<double>(other.count), other.sum, other.m2);
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
