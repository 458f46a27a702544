// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/clock_note.h>

#include <fmt/format.h>

#include <cmath>

namespace joulemark::probe {
namespace {

constexpr double k_drift_limit_ppm = 150;
constexpr double k_no_oscillator_ppm = 20'000;  // an RC oscillator keeps within 2 %
constexpr double k_useless_ppm = 1000;          // as an uncertainty ...
constexpr double k_useless_part = 1.0 / 3;      // ... or as a part of the drift

ClockNote note_on_simulated(double seconds_here) {
  return {
      Severity::info,
      fmt::format("the probe's second takes {:.3g} s here: it is a simulated one, which has time of its own",
                  seconds_here)};
}

// Its seconds are what times and energies are made of.
ClockNote note_on_wrong(double seconds_here) {
  return {
      Severity::doubtful,
      fmt::format("the probe's second takes {:.3g} s here: its clock is wrong, or jumped; times and energies "
                  "are {:.3g} times what they were, rates {:.3g} times",
                  seconds_here, 1 / seconds_here, seconds_here)};
}

}  // namespace

std::optional<ClockNote> note_on(const PingClock::Fit& fit, bool simulated) {
  const double drift_ppm = std::abs(fit.drift_ppm);
  const double within_ppm = 2 * fit.sigma_ppm;
  if (drift_ppm - within_ppm < k_drift_limit_ppm) return std::nullopt;
  const double seconds_here = 1 / (1 + fit.drift_ppm * 1e-6);
  if (simulated) return note_on_simulated(seconds_here);
  if (drift_ppm - within_ppm >= k_no_oscillator_ppm) return note_on_wrong(seconds_here);
  const std::string drift = fmt::format("{:.0f} ppm {} against this computer's (+- {:.0f} ppm)", drift_ppm,
                                        fit.drift_ppm > 0 ? "fast" : "slow", within_ppm);
  if (within_ppm > k_useless_ppm || within_ppm > k_useless_part * drift_ppm) {
    return ClockNote{Severity::info,
                     "the probe's clock could not be compared with this computer's, which was too "
                     "busy to answer evenly: it seemed " +
                         drift};
  }
  return ClockNote{Severity::doubtful,
                   "the probe's clock runs " + drift + "; its energies are off by as much"};
}

}  // namespace joulemark::probe
