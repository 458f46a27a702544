// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/rail.h>

#include <algorithm>
#include <numeric>

namespace joulemark {
namespace {

struct Sorted {
  std::vector<TimeRange> windows;
  std::vector<std::size_t> original;  // windows[i] was number original[i]
};

Sorted sort_windows(std::span<const TimeRange> windows) {
  Sorted sorted;
  sorted.original.resize(windows.size());
  std::iota(sorted.original.begin(), sorted.original.end(), std::size_t{0});
  const auto earlier = [&](std::size_t a, std::size_t b) {
    return windows[a].begin_ns < windows[b].begin_ns;
  };
  std::stable_sort(sorted.original.begin(), sorted.original.end(), earlier);
  sorted.windows.reserve(windows.size());
  for (const std::size_t i : sorted.original)
    sorted.windows.push_back(windows[i]);
  return sorted;
}

void take_extent(WindowSum& sum, const Integral& integral) {
  sum.covered_s = integral.covered_s;
  sum.missing_s = integral.missing_s;
  sum.samples = integral.samples;
}

}  // namespace

void WindowSum::add(const WindowSum& other) {
  energy_j += other.energy_j;
  charge_c += other.charge_c;
  peak_current_a = std::max(peak_current_a, other.peak_current_a);
  covered_s += other.covered_s;
  missing_s += other.missing_s;
  samples += other.samples;
}

Result<Rail> Rail::open(SampleSource& source) {
  Rail rail(source);
  JM_TRY(primary_channel(source.info()));
  const auto power = derive(source.info(), k_power);
  const auto current = derive(source.info(), k_current);
  rail.has_energy_ = power.has_value();
  rail.has_charge_ = current.has_value();
  if (power && current && !power->voltage && !current->voltage && current->gain / power->gain > 0) {
    rail.amperes_per_watt_ = current->gain / power->gain;
  }
  return rail;
}

Result<std::vector<WindowSum>> Rail::over(std::span<const TimeRange> windows, Boundary boundary) const {
  std::vector<WindowSum> sums(windows.size());
  if (windows.empty()) return sums;
  const Sorted sorted = sort_windows(windows);
  if (has_energy_) {
    JM_TRY_ASSIGN(const std::vector<Integral> power, source_->integrals(k_power, sorted.windows, boundary));
    for (std::size_t i = 0; i < power.size(); ++i) {
      WindowSum& sum = sums[sorted.original[i]];
      take_extent(sum, power[i]);
      sum.energy_j = power[i].integral;
      sum.charge_c = power[i].integral * amperes_per_watt_.value_or(0);
      sum.peak_current_a = power[i].max * amperes_per_watt_.value_or(0);
    }
  }
  if (has_charge_ && !amperes_per_watt_) {
    JM_TRY_ASSIGN(const std::vector<Integral> current,
                  source_->integrals(k_current, sorted.windows, boundary));
    for (std::size_t i = 0; i < current.size(); ++i) {
      WindowSum& sum = sums[sorted.original[i]];
      take_extent(sum, current[i]);
      sum.charge_c = current[i].integral;
      sum.peak_current_a = current[i].max;
    }
  }
  return sums;
}

Status Rail::find_peaks(std::span<const TimeRange> windows, std::span<WindowSum> sums) const {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(source_->info()));
  const Channel& channel = source_->info().channels[primary.value];
  if (!has_charge_ || channel.timed) return {};
  // Every sample that touches what is left of a window without one interval at each end lies inside it; the
  // nanosecond takes in one that begins or ends with the window.
  const TimeNs cut_ns = from_seconds(channel.interval_s()) - 1;
  std::vector<std::size_t> owners;
  std::vector<TimeRange> inner;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const TimeRange cut{windows[i].begin_ns + cut_ns, windows[i].end_ns - cut_ns};
    if (cut.end_ns <= cut.begin_ns) continue;
    owners.push_back(i);
    inner.push_back(cut);
  }
  if (inner.empty()) return {};
  const Sorted sorted = sort_windows(inner);
  JM_TRY_ASSIGN(const std::vector<Integral> whole, source_->integrals(amperes_per_watt_ ? k_power : k_current,
                                                                      sorted.windows, Boundary::fractional));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i].samples == 0) continue;
    sums[owners[sorted.original[i]]].peak_current_a = whole[i].max * amperes_per_watt_.value_or(1);
  }
  return {};
}

}  // namespace joulemark
