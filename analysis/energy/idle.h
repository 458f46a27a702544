// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/model/report.h>

namespace joulemark {

// Mean power and current outside events, their guards and stretches in doubt, from up to 20 batches of equal
// idle time (neighbouring samples are not independent, batches nearly are). The floor stays unknown: that
// takes power states.
[[nodiscard]] IdleReport idle_of(const Measurement& measurement);

}  // namespace joulemark
