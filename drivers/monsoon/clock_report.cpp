// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/clock_report.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark::monsoon {
namespace {

constexpr double k_drift_limit_ppm = 150;
constexpr TimeNs k_pairing_uncertainty = 2'000'000;

}  // namespace

Status tell_clock_point(ArrivalClock& clock, Timebase& timebase, bool at_once, SampleSink& sink) {
  const auto point = clock.take_point(at_once);
  if (!point) return {};
  const auto fit = clock.fit();
  const TimeNs uncertainty_ns =
      k_pairing_uncertainty + (fit ? from_seconds(std::min(2 * fit->residual_s, 10.0)) : 0);
  const TimeNs utc_ns = point->steady_ns + timebase.utc_ns() - timebase.steady_ns();
  JM_TRY(sink.accept(ClockPoint{"utc", point->capture_ns, utc_ns, uncertainty_ns}));
  return sink.accept(ClockPoint{"steady", point->capture_ns, point->steady_ns, uncertainty_ns});
}

Status tell_clock(ArrivalClock& clock, Timebase& timebase, TimeNs end_ns, SampleSink& sink) {
  JM_TRY(tell_clock_point(clock, timebase, true, sink));
  const auto fit = clock.fit();
  if (!fit) return {};
  JM_TRY(sink.accept(MetadataItem{"instrument.clock_drift_ppm", fmt::format("{:.2f}", fit->drift_ppm)}));
  JM_TRY(
      sink.accept(MetadataItem{"instrument.clock_drift_sigma_ppm", fmt::format("{:.2f}", fit->sigma_ppm)}));
  JM_TRY(sink.accept(MetadataItem{"instrument.clock_residual_s", fmt::format("{:.3g}", fit->residual_s)}));
  if (std::abs(fit->drift_ppm) - 2 * fit->sigma_ppm < k_drift_limit_ppm) return {};
  return sink.accept(Anomaly{
      AnomalyKind::clock_drift,
      Severity::doubtful,
      std::nullopt,
      {0, end_ns},
      0,
      1,
      fmt::format("the unit's clock runs {:.0f} ppm {} against this computer's (+- {:.0f} ppm); its "
                  "energies are off by as much",
                  std::abs(fit->drift_ppm), fit->drift_ppm > 0 ? "fast" : "slow", 2 * fit->sigma_ppm)});
}

}  // namespace joulemark::monsoon
