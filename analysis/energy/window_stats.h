// SPDX-License-Identifier: Apache-2.0
// What lies between two cursors.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <cstdint>
#include <optional>

namespace joulemark {

// Of one quantity, in SI. Mean, min and max as for an integral with fractional ends. stddev (n - 1) is of the
// samples that touch the window, each counting once; of fewer than two it is unknown.
struct QuantityStats {
  double mean = 0;
  double min = 0;
  double max = 0;
  std::optional<double> stddev;
};

// energy_j and charge_c are what a report says of a window that it measures by `integral`, to the last digit.
// What cannot be derived, or has no sample in the window, is unknown.
struct WindowStats {
  TimeRange time;
  double covered_s = 0;
  double missing_s = 0;
  std::int64_t samples = 0;
  std::optional<double> energy_j;
  std::optional<double> charge_c;
  std::optional<QuantityStats> current_a;
  std::optional<QuantityStats> power_w;
  std::optional<QuantityStats> voltage_v;  // measured ones alone
};

// Exact from the samples; the cost does not grow with the window (but for the stddev of timed channels).
// Errors: inadequate when there is nothing to measure by; the source's own.
[[nodiscard]] Result<WindowStats> window_stats(SampleSource& source, TimeRange window);

}  // namespace joulemark
