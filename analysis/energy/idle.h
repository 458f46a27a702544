// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/model/report.h>

#include <optional>

namespace joulemark {

// Mean power and current outside events, their guards and stretches in doubt, from up to 20 batches of equal
// idle time (neighbouring samples are not independent, batches nearly are). The floor stays unknown: that
// takes power states.
[[nodiscard]] IdleReport idle_of(const Measurement& measurement);

// By what part of itself the mean idle draw falls when the first tenth of every unbroken stretch of idle is
// left out: what has not come to rest by the guard's end; negative where it rises. None where that is no more
// than chance would make (mean_above_zero of the falls of the stretches). What outlasts the stretches, or
// follows few of them only, is not seen.
[[nodiscard]] std::optional<double> idle_unsettled(const Measurement& measurement);

}  // namespace joulemark
