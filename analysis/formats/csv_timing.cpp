// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_timing.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr std::size_t k_early = 1000;
constexpr double k_longest_interval_ns = 1e15;  // the slowest rate a channel may have
constexpr double k_most_samples = 1e12;         // beyond that a "gap" is a broken clock

// The value in [low, high] with the fewest digits, taken as an interval or as a rate.
double simplest_rate_hz(double low_ns, double high_ns) {
  const double middle_ns = low_ns + (high_ns - low_ns) / 2;
  const auto inside = [&](double interval_ns) { return interval_ns >= low_ns && interval_ns <= high_ns; };
  const auto rounded = [](double value, int digits) {
    const double step = std::pow(10.0, std::floor(std::log10(value)) + 1 - digits);
    return std::round(value / step) * step;
  };
  for (int digits = 1; digits <= 15; ++digits) {
    const double rate_hz = rounded(k_ns_per_s / middle_ns, digits);
    if (inside(k_ns_per_s / rate_hz)) return rate_hz;
    const double interval_ns = rounded(middle_ns, digits);
    if (inside(interval_ns)) return k_ns_per_s / interval_ns;
  }
  return k_ns_per_s / middle_ns;
}

}  // namespace

std::int64_t CsvTiming::index_of(TimeNs since_first_ns) const {
  return std::llround(static_cast<double>(since_first_ns) / k_ns_per_s * rate_hz);
}

std::int64_t CsvTiming::lost_in(TimeNs step_ns) const {
  constexpr double k_hole_steps = 10;
  const double steps = static_cast<double>(step_ns) / k_ns_per_s * rate_hz;
  if (!(steps > k_hole_steps)) return 0;
  return std::llround(std::min(steps, k_most_samples)) - 1;
}

void MedianStep::add(TimeNs step_ns) {
  const double place = std::log2(static_cast<double>(step_ns)) * static_cast<double>(k_bins_per_octave);
  Bin& bin = bins_[std::min(static_cast<std::size_t>(std::max(place, 0.0)), bins_.size() - 1)];
  ++bin.count;
  bin.sum_ns += static_cast<double>(step_ns);
  ++count_;
}

double MedianStep::ns() const {
  std::int64_t below = 0;
  for (const Bin& bin : bins_) {
    below += bin.count;
    if (bin.count > 0 && 2 * below >= count_) return bin.sum_ns / static_cast<double>(bin.count);
  }
  return 0;
}

void CsvTimeSurvey::Hypothesis::start(double tolerance, double interval_ns) {
  tolerance_ns = tolerance;
  // The median step is off by the tolerance at most; beyond a third of the interval rows cannot be told
  // apart.
  low_ns = std::max(interval_ns - tolerance, 0.5);
  high_ns = interval_ns + tolerance;
  alive = interval_ns >= 1 && tolerance * 3 <= interval_ns;
  k = 0;
}

void CsvTimeSurvey::Hypothesis::take(TimeNs since_first_ns, TimeNs step_ns) {
  if (!alive) return;
  const double middle_ns = low_ns + (high_ns - low_ns) / 2;
  const double steps = std::round(static_cast<double>(step_ns) / middle_ns);
  const double drift_ns = steps * (high_ns - low_ns) / 2;  // how far the guess may be off
  const double next = static_cast<double>(k) + steps;
  alive = steps >= 1 && next <= k_most_samples && drift_ns + tolerance_ns <= middle_ns / 2;
  if (!alive) return;
  k = static_cast<std::int64_t>(next);
  narrow(static_cast<double>(since_first_ns), next);
}

void CsvTimeSurvey::Hypothesis::narrow(double since_first_ns, double steps) {
  low_ns = std::max(low_ns, (since_first_ns - tolerance_ns) / steps);
  high_ns = std::min(high_ns, (since_first_ns + tolerance_ns) / steps);
  alive = low_ns <= high_ns;
}

void CsvTimeSurvey::add(TimeNs time_ns, double resolution_ns, std::int64_t slot) {
  const bool repeats = rows_ > 0 && time_ns == newest_.time_ns;
  newest_ = {time_ns, slot};
  if (repeats) {
    ++repeats_;
    return;
  }
  ++rows_;
  if (begun_) {
    take(newest_);
    return;
  }
  resolution_ns_ = std::min(resolution_ns_, resolution_ns);
  early_.push_back(newest_);
  if (early_.size() == k_early) begin();
}

void CsvTimeSurvey::begin() {
  begun_ = true;
  std::vector<TimeNs> steps;
  for (std::size_t i = 1; i < early_.size(); ++i)
    steps.push_back(early_[i].time_ns - early_[i - 1].time_ns);
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>((steps.size() - 1) / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  median_ns_ = static_cast<double>(*middle);
  exact_.start(1, median_ns_);
  printed_.start(std::max(resolution_ns_, 1.0), median_ns_);
  rounded_.tolerance_ns = std::max(repeats_ > 0 ? median_ns_ : resolution_ns_, 1.0);
  rounded_.high_ns = k_longest_interval_ns;
  rounded_.alive = true;
  first_ns_ = early_.front().time_ns;
  last_ns_ = first_ns_;
  for (std::size_t i = 1; i < early_.size(); ++i)
    take(early_[i]);
  early_.clear();
}

void CsvTimeSurvey::take(Stamp stamp) {
  const TimeNs since_ns = stamp.time_ns - first_ns_;
  exact_.take(since_ns, stamp.time_ns - last_ns_);
  printed_.take(since_ns, stamp.time_ns - last_ns_);
  if (rounded_.alive) rounded_.narrow(static_cast<double>(since_ns), static_cast<double>(stamp.slot));
  steps_.add(stamp.time_ns - last_ns_);
  last_ns_ = stamp.time_ns;
}

double CsvTimeSurvey::rate_rel_of_rounded() const {
  return (rounded_.high_ns - rounded_.low_ns) / (rounded_.high_ns + rounded_.low_ns);
}

// Few rows that repeat or miss are just that.
bool CsvTimeSurvey::looks_rounded(const Hypothesis& kept) const {
  constexpr std::int64_t k_few = 5;
  constexpr std::int64_t k_many = 20;
  constexpr double k_roughest_rate_rel = 0.05;
  const std::int64_t strange = kept.alive ? repeats_ + kept.k - (rows_ - 1) : rows_;
  const bool often = strange >= k_many || (kept.alive && strange >= k_few && strange * 10 >= rows_);
  return often && rounded_.alive && rate_rel_of_rounded() <= k_roughest_rate_rel;
}

CsvTiming CsvTimeSurvey::finish() {
  if (!begun_ && early_.size() >= 2) begin();
  CsvTiming timing;
  timing.rows = rows_;
  if (!begun_) return timing;
  timing.rate_hz = k_ns_per_s / steps_.ns();
  const auto slots = static_cast<double>(newest_.slot);
  if (rounded_.alive) rounded_.narrow(static_cast<double>(last_ns_ - first_ns_), slots);
  const Hypothesis& fitting = exact_.alive ? exact_ : printed_;
  if (looks_rounded(fitting)) {
    timing.rounded = {rounded_.tolerance_ns, rows_ + repeats_, repeats_, rate_rel_of_rounded()};
  }
  const Hypothesis& kept = timing.rounded ? rounded_ : fitting;
  timing.uniform = kept.alive && median_ns_ < k_longest_interval_ns;
  if (timing.uniform) timing.rate_hz = simplest_rate_hz(kept.low_ns, kept.high_ns);
  return timing;
}

}  // namespace joulemark
