// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/ensemble.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace joulemark {
namespace {

// The spread of a normal distribution's p5 to p95, in standard deviations.
constexpr double k_p90_in_sigmas = 3.2897;

TimeNs median_length(std::span<const TimeRange> events) {
  std::vector<TimeNs> lengths;
  lengths.reserve(events.size());
  for (const TimeRange& event : events)
    lengths.push_back(event.length_ns());
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

// One row of bins per event, as float: nobody looks closer than that. NaN: that bin was not recorded.
struct Matrix {
  std::size_t bins = 0;
  std::vector<float> values;
  std::vector<std::size_t> events;

  [[nodiscard]] float at(std::size_t row, std::size_t bin) const { return values[row * bins + bin]; }
};

// Linear between order statistics; the values are in no order and left so.
double quantile(std::vector<float>& values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = q * static_cast<double>(values.size() - 1);
  const auto low = values.begin() + static_cast<std::ptrdiff_t>(place);
  std::nth_element(values.begin(), low, values.end());
  const double part = place - std::floor(place);
  if (part == 0) return static_cast<double>(*low);
  const double next = static_cast<double>(*std::min_element(low + 1, values.end()));
  return static_cast<double>(*low) + part * (next - static_cast<double>(*low));
}

void rank(const Matrix& matrix, Ensemble& ensemble) {
  double typical = 0;
  for (std::size_t bin = 0; bin < matrix.bins; ++bin)
    typical = std::fmax(typical, ensemble.p95[bin] - ensemble.p05[bin]);
  const double floor = std::max(typical * 1e-2, 1e-15);
  for (std::size_t row = 0; row < matrix.events.size(); ++row) {
    double sum = 0;
    std::size_t present = 0;
    for (std::size_t bin = 0; bin < matrix.bins; ++bin) {
      if (std::isnan(matrix.at(row, bin))) continue;
      ++present;
      const double spread = std::max(ensemble.p95[bin] - ensemble.p05[bin], floor) / k_p90_in_sigmas;
      const double off = (static_cast<double>(matrix.at(row, bin)) - ensemble.median[bin]) / spread;
      sum += off * off;
    }
    ensemble.by_distance.push_back(
        {matrix.events[row], std::sqrt(sum / static_cast<double>(std::max<std::size_t>(present, 1)))});
  }
  std::ranges::stable_sort(ensemble.by_distance, std::greater{}, &FoldedEvent::distance);
}

void describe_bins(const Matrix& matrix, Ensemble& ensemble) {
  std::vector<float> column;
  for (std::size_t bin = 0; bin < matrix.bins; ++bin) {
    column.clear();
    for (std::size_t row = 0; row < matrix.events.size(); ++row) {
      if (!std::isnan(matrix.at(row, bin))) column.push_back(matrix.at(row, bin));
    }
    ensemble.p05.push_back(quantile(column, 0.05));
    ensemble.median.push_back(quantile(column, 0.5));
    ensemble.p95.push_back(quantile(column, 0.95));
  }
}

// The grid of bins; at least one sample interval each.
Result<std::size_t> lay_bins(const SampleSource& source, const FoldOptions& options, Ensemble& ensemble) {
  JM_TRY_ASSIGN(const Derivation derivation, derive(source.info(), options.channel));
  const double interval_s = source.info().channels[derivation.channel.value].interval_s();
  const double margin_ns = options.margin * static_cast<double>(ensemble.median_length_ns);
  const double span_ns = static_cast<double>(ensemble.median_length_ns) + 2 * margin_ns;
  const double bin_ns =
      std::max({1.0, interval_s * k_ns_per_s, span_ns / static_cast<double>(options.most_bins)});
  ensemble.bin_ns = std::llround(bin_ns);
  ensemble.begin_ns = -ensemble.bin_ns * std::llround(margin_ns / bin_ns);
  const auto bins = static_cast<std::size_t>(std::ceil(span_ns / static_cast<double>(ensemble.bin_ns)));
  return std::max<std::size_t>(bins, 1);
}

// Of bins: where the one lies that begins with the event.
std::ptrdiff_t first_bin_within(const Ensemble& ensemble) {
  return -ensemble.begin_ns / ensemble.bin_ns;
}

// The bins of an event, and the event before the first bin within it: so all are by begin.
std::vector<TimeRange> lay_windows(TimeRange event, const Ensemble& ensemble, std::size_t bins) {
  std::vector<TimeRange> windows(bins);
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const TimeNs from_ns = event.begin_ns + ensemble.begin_ns + static_cast<TimeNs>(bin) * ensemble.bin_ns;
    windows[bin] = {from_ns, from_ns + ensemble.bin_ns};
  }
  const TimeRange window{event.begin_ns, std::min(event.end_ns, windows.back().end_ns)};
  windows.insert(windows.begin() + first_bin_within(ensemble), window);
  return windows;
}

Status fold_one(SampleSource& source, const FoldOptions& options, TimeRange event, std::size_t number,
                Ensemble& ensemble, Matrix& matrix) {
  const std::vector<TimeRange> windows = lay_windows(event, ensemble, matrix.bins);
  JM_TRY_ASSIGN(std::vector<Integral> found,
                source.integrals(options.channel, windows, Boundary::fractional));
  const auto whole = [&](const Integral& integral) {
    return integral.missing_s <= 1e-3 * to_seconds(ensemble.bin_ns);
  };
  const auto window = found.begin() + first_bin_within(ensemble);
  if (!whole(*window)) {
    ++ensemble.left_out;
    return {};
  }
  found.erase(window);
  for (const Integral& bin : found)
    matrix.values.push_back(whole(bin) ? static_cast<float>(bin.mean())
                                       : std::numeric_limits<float>::quiet_NaN());
  if (!std::ranges::all_of(found, whole)) ++ensemble.cut_margins;
  matrix.events.push_back(number);
  return {};
}

}  // namespace

Result<Ensemble> fold_events(SampleSource& source, std::span<const TimeRange> events,
                             const FoldOptions& options) {
  if (events.empty()) return fail(ErrorCode::inadequate, "there is no event to fold");
  Ensemble ensemble;
  ensemble.median_length_ns = median_length(events);
  Matrix matrix;
  JM_TRY_ASSIGN(matrix.bins, lay_bins(source, options, ensemble));
  const std::size_t most = std::max<std::size_t>(options.most_values / matrix.bins, 1);
  const std::size_t taken = std::min(events.size(), most);
  ensemble.not_taken = static_cast<std::int64_t>(events.size() - taken);
  for (std::size_t i = 0; i < taken; ++i) {
    const std::size_t event = i * events.size() / taken;
    JM_TRY(fold_one(source, options, events[event], event, ensemble, matrix));
  }
  if (matrix.events.empty()) {
    return fail(ErrorCode::inadequate, "samples are missing in every event, so none can be folded");
  }
  ensemble.folded = static_cast<std::int64_t>(matrix.events.size());
  describe_bins(matrix, ensemble);
  rank(matrix, ensemble);
  return ensemble;
}

}  // namespace joulemark
