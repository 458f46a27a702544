// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/chip/conversion_clock.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace joulemark::ina219 {
namespace {

constexpr double k_stale = 0.5;      // of a period: a reading so soon is of the same conversion
constexpr double k_gain = 1.0 / 64;  // how far the period follows what the bounds correct
constexpr double k_drift = 50e-6;    // how far the period may change from one conversion to the next
constexpr double k_settled = 64;     // conversions until the bounds no longer narrow for the first time
constexpr std::size_t k_fewest = 4;  // bounds to estimate from

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// When those conversions ended that were read at once, since the first of all.
std::vector<double> prompt_ends(std::span<const ConversionBounds> bounds, double longest_ns) {
  std::vector<double> ends_ns;
  for (const ConversionBounds& each : bounds) {
    if (static_cast<double>(each.before_ns - each.after_ns) > longest_ns) continue;
    ends_ns.push_back(static_cast<double>(each.after_ns - bounds.front().before_ns) / 2 +
                      static_cast<double>(each.before_ns - bounds.front().before_ns) / 2);
  }
  return ends_ns;
}

// Least squares of the ends on their numbers, counted with a rough period from one to the next.
double slope_of(std::span<const double> ends_ns, double rough_ns) {
  double number = 0;
  double sum_n = 0, sum_t = 0, sum_nn = 0, sum_nt = 0;
  for (std::size_t i = 0; i < ends_ns.size(); ++i) {
    if (i > 0) number += std::max(1.0, std::round((ends_ns[i] - ends_ns[i - 1]) / rough_ns));
    sum_n += number;
    sum_t += ends_ns[i];
    sum_nn += number * number;
    sum_nt += number * ends_ns[i];
  }
  const auto count = static_cast<double>(ends_ns.size());
  return (count * sum_nt - sum_n * sum_t) / (count * sum_nn - sum_n * sum_n);
}

}  // namespace

ConversionClock::ConversionClock(double period_ns, double low_ns, double high_ns)
    : period_ns_(std::clamp(period_ns, low_ns, high_ns)), low_ns_(low_ns), high_ns_(high_ns) {}

ConversionClock::Step ConversionClock::first(const ConversionBounds& bounds) {
  const TimeNs earliest_ns =
      std::max(bounds.after_ns, bounds.before_ns - static_cast<TimeNs>(std::llround(period_ns_)));
  origin_ns_ = earliest_ns + (bounds.before_ns - earliest_ns) / 2;
  if (ever_ && origin_ns_ <= last_end_ns_) return {Verdict::jumped, 1, origin_ns_};
  high_end_ns_ = static_cast<double>(bounds.before_ns - origin_ns_);
  low_end_ns_ = -high_end_ns_;
  since_start_ = 0;
  const double since_ns = static_cast<double>(bounds.read_ns - bounds.after_ns);
  const auto count = static_cast<std::int64_t>(std::max(1.0, std::floor(since_ns / period_ns_)));
  last_end_ns_ = origin_ns_;
  started_ = true;
  return {Verdict::conversion, std::exchange(ever_, true) ? count : 0, origin_ns_};
}

ConversionClock::Step ConversionClock::observe(const ConversionBounds& bounds) {
  if (!started_) return first(bounds);
  const auto since_origin = [this](TimeNs time_ns) { return static_cast<double>(time_ns - origin_ns_); };
  const double read_ns = since_origin(bounds.read_ns);
  const double end_ns = (low_end_ns_ + high_end_ns_) / 2;
  if (read_ns <= end_ns - period_ns_) return {Verdict::jumped, 1, bounds.before_ns};
  if (read_ns - end_ns < k_stale * period_ns_) return {Verdict::stale, 0, last_end_ns_};
  const bool late = read_ns - since_origin(bounds.after_ns) > period_ns_;
  const double middle_ns = (since_origin(bounds.after_ns) + since_origin(bounds.before_ns)) / 2;
  const double periods = late ? std::floor((read_ns - end_ns) / period_ns_)  //
                              : std::round((middle_ns - end_ns) / period_ns_);
  const double count = std::max(1.0, periods);
  const double after_ns = late ? read_ns - period_ns_ : since_origin(bounds.after_ns);
  narrow(count, after_ns, late ? read_ns : std::max(after_ns, since_origin(bounds.before_ns)));
  const auto estimate_ns = static_cast<TimeNs>(std::llround((low_end_ns_ + high_end_ns_) / 2));
  last_end_ns_ = std::max(last_end_ns_ + 1, origin_ns_ + estimate_ns);
  return {Verdict::conversion, static_cast<std::int64_t>(count), last_end_ns_};
}

// What the bounds before leave, count periods on, and these bounds leave together. Later, what they correct
// is a period that is wrong. At first they narrow in any case, and on a bus where every start is followed by
// the same questions always from the same side: then only bounds that exclude each other say anything of the
// period.
void ConversionClock::narrow(double count, double after_ns, double before_ns) {
  const double expected_ns = (low_end_ns_ + high_end_ns_) / 2 + count * period_ns_;
  const double widening_ns = count * k_drift * period_ns_;
  const double low_ns = low_end_ns_ + count * period_ns_ - widening_ns;
  const double high_ns = high_end_ns_ + count * period_ns_ + widening_ns;
  low_end_ns_ = std::clamp(low_ns, after_ns, before_ns);
  high_end_ns_ = std::clamp(high_ns, after_ns, before_ns);
  since_start_ += count;
  const double excluded_ns = std::max(0.0, after_ns - high_ns) - std::max(0.0, low_ns - before_ns);
  const double correction_ns =
      since_start_ < k_settled ? excluded_ns : (low_end_ns_ + high_end_ns_) / 2 - expected_ns;
  period_ns_ = std::clamp(period_ns_ + k_gain * correction_ns / count, low_ns_, high_ns_);
}

std::optional<double> estimate_period_ns(std::span<const ConversionBounds> bounds, double low_ns,
                                         double high_ns) {
  const std::vector<double> ends_ns = prompt_ends(bounds, low_ns);
  std::vector<double> single;  // steps of one conversion
  for (std::size_t i = 1; i < ends_ns.size(); ++i) {
    const double step_ns = ends_ns[i] - ends_ns[i - 1];
    if (step_ns > low_ns && step_ns < high_ns) single.push_back(step_ns);
  }
  if (single.size() + 1 < k_fewest) return std::nullopt;
  const double rough_ns = median_of(std::move(single));
  const double period_ns = slope_of(ends_ns, rough_ns);
  return period_ns > low_ns && period_ns < high_ns ? std::optional(period_ns) : std::nullopt;
}

}  // namespace joulemark::ina219
