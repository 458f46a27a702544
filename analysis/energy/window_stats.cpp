// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/rail.h>
#include <analysis/energy/window_stats.h>

#include <array>
#include <cmath>

namespace joulemark {
namespace {

// Lost time shorter than a thousandth of the window is rounding.
bool whole(const Integral& integral, TimeRange window) {
  return integral.missing_s <= 1e-3 * window.seconds();
}

// The samples whose interval touches the window; uneven ones are looked for.
Result<IndexRange> samples_in(SampleSource& source, ChannelId id, TimeRange window) {
  const Channel& channel = source.info().channels[id.value];
  if (!channel.timed) return SampleGrid(channel).covering(window);
  JM_TRY_ASSIGN(const Extent extent, source.extent(id));
  if (extent.time.end_ns <= window.begin_ns) return IndexRange{};
  const TimeNs lead_ns = from_seconds(channel.lead_s());
  std::optional<IndexRange> found;
  JM_TRY(source.read(id, extent.indices, [&](const SampleBlock& block) -> Status {
    for (std::size_t i = 0; i < block.values.size(); ++i) {
      const TimeNs begin_ns = block.stamps_ns[i] - lead_ns;
      if (begin_ns >= window.end_ns) break;
      const std::int64_t index = block.first_index + static_cast<std::int64_t>(i);
      if (!found || begin_ns <= window.begin_ns) found = {index, index};  // it holds into the window
      found->end = index + 1;
    }
    return {};
  }));
  return found.value_or(IndexRange{});
}

Result<std::optional<double>> stddev_of(SampleSource& source, ChannelId id, TimeRange window) {
  JM_TRY_ASSIGN(const Derivation derivation, derive(source.info(), id));
  JM_TRY_ASSIGN(const IndexRange samples, samples_in(source, derivation.channel, window));
  JM_TRY_ASSIGN(const Summary summary, source.summarize(id, samples));
  if (summary.count < 2) return std::nullopt;
  return std::abs(derivation.whole_gain()) * std::sqrt(summary.m2 / static_cast<double>(summary.count - 1));
}

Result<std::optional<QuantityStats>> quantity_stats(SampleSource& source, ChannelId id, TimeRange window) {
  JM_TRY_ASSIGN(const std::vector<Integral> found,
                source.integrals(id, std::array{window}, Boundary::fractional));
  const Integral& integral = found.front();
  if (integral.samples == 0 || window.empty()) return std::nullopt;
  QuantityStats stats{integral.mean(), integral.min, integral.max, {}};
  if (whole(integral, window)) stats.mean = integral.integral / window.seconds();
  JM_TRY_ASSIGN(stats.stddev, stddev_of(source, id, window));
  return stats;
}

std::optional<ChannelId> voltage_channel(const CaptureInfo& info) {
  for (std::uint32_t i = 0; i < info.channels.size(); ++i) {
    if (info.channels[i].quantity == Quantity::voltage) return ChannelId{i};
  }
  return std::nullopt;
}

}  // namespace

Result<WindowStats> window_stats(SampleSource& source, TimeRange window) {
  JM_TRY_ASSIGN(const Rail rail, Rail::open(source));
  JM_TRY_ASSIGN(std::vector<WindowSum> sums, rail.over(std::array{window}, Boundary::fractional));
  JM_TRY(rail.find_peaks(std::array{window}, sums));
  const WindowSum& sum = sums.front();
  WindowStats stats;
  stats.time = window;
  stats.covered_s = sum.covered_s;
  stats.missing_s = sum.missing_s;
  stats.samples = sum.samples;
  if (sum.samples == 0) return stats;
  if (rail.has_energy()) {
    stats.energy_j = sum.energy_j;
    JM_TRY_ASSIGN(stats.power_w, quantity_stats(source, k_power, window));
  }
  if (rail.has_charge()) {
    stats.charge_c = sum.charge_c;
    JM_TRY_ASSIGN(stats.current_a, quantity_stats(source, k_current, window));
    if (stats.current_a) stats.current_a->max = sum.peak_current_a;  // as in the report
  }
  if (const auto voltage = voltage_channel(source.info())) {
    JM_TRY_ASSIGN(stats.voltage_v, quantity_stats(source, *voltage, window));
  }
  return stats;
}

}  // namespace joulemark
