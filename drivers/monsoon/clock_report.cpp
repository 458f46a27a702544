// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/clock_report.h>

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

namespace joulemark::monsoon {
namespace {

constexpr double k_drift_limit_ppm = 150;
constexpr TimeNs k_pairing_uncertainty = 2'000'000;  // of a punctual arrival

std::string drift_text(const ArrivalClock::Fit& fit) {
  return fmt::format(
      "the unit's clock runs {:.0f} ppm {} against this computer's (+- {:.0f} ppm); its energies are off by "
      "as much",
      std::abs(fit.drift_ppm), fit.drift_ppm > 0 ? "fast" : "slow", 2 * fit.sigma_ppm);
}

std::string doubt_text(const std::string& what_is_known) {
  return fmt::format(
      "the unit's clock could not be checked: this computer took its data so late so often that {}; record "
      "for longer, or with less else running",
      what_is_known);
}

Status tell_of_drift(Severity severity, TimeNs end_ns, SampleSink& sink, std::string text) {
  return sink.accept(
      Anomaly{AnomalyKind::clock_drift, severity, std::nullopt, {0, end_ns}, 0, 1, std::move(text)});
}

}  // namespace

Status tell_clock_point(ArrivalClock& clock, Timebase& timebase, bool at_once, SampleSink& sink) {
  const auto point = clock.take_point(at_once);
  if (!point) return {};
  const auto late_s = clock.lateness_s(*point);
  const TimeNs uncertainty_ns = late_s ? k_pairing_uncertainty + from_seconds(*late_s) : 0;
  const TimeNs utc_ns = point->steady_ns + timebase.utc_ns() - timebase.steady_ns();
  JM_TRY(sink.accept(ClockPoint{"utc", point->capture_ns, utc_ns, uncertainty_ns}));
  return sink.accept(ClockPoint{"steady", point->capture_ns, point->steady_ns, uncertainty_ns});
}

Status tell_clock(ArrivalClock& clock, Timebase& timebase, TimeNs end_ns, SampleSink& sink) {
  JM_TRY(tell_clock_point(clock, timebase, true, sink));
  const auto fit = clock.fit();
  if (!fit) {
    JM_TRY(sink.accept(MetadataItem{
        "instrument.clock_drift_ppm",
        fmt::format("unknown (that takes {:.0f} s of samples, taken in time)", ArrivalClock::k_enough_s)}));
    if (to_seconds(end_ns) < 2 * ArrivalClock::k_enough_s) return {};
    return tell_of_drift(Severity::info, end_ns, sink, doubt_text("its drift is not known at all"));
  }
  JM_TRY(sink.accept(MetadataItem{"instrument.clock_drift_ppm", fmt::format("{:.2f}", fit->drift_ppm)}));
  JM_TRY(
      sink.accept(MetadataItem{"instrument.clock_drift_sigma_ppm", fmt::format("{:.2f}", fit->sigma_ppm)}));
  JM_TRY(sink.accept(MetadataItem{"instrument.clock_residual_s", fmt::format("{:.3g}", fit->residual_s)}));
  if (std::abs(fit->drift_ppm) - 2 * fit->sigma_ppm >= k_drift_limit_ppm)
    return tell_of_drift(Severity::doubtful, end_ns, sink, drift_text(*fit));
  if (fit->useful()) return {};
  return tell_of_drift(Severity::info, end_ns, sink,
                       doubt_text(fmt::format("its drift is only known as {:.0f} +- {:.0f} ppm",
                                              fit->drift_ppm, 2 * fit->sigma_ppm)));
}

}  // namespace joulemark::monsoon
