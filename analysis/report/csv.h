// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/report.h>

#include <string>
#include <vector>

namespace joulemark {

// One line per event under a header:
// name,index,begin_s,end_s,latency_s,energy_j,net_energy_j,charge_c,power_w, peak_current_a,method,flags.
// Energies, charge and latency per inference; unknown is empty; flags are joined by '|'. Times to the
// nanosecond, numbers in the shortest form that reads back the same.
[[nodiscard]] std::string to_csv(const Report& report, const std::vector<EventRow>& rows);

}  // namespace joulemark
