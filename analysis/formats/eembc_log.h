// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/run_record.h>
#include <analysis/model/result.h>

#include <istream>
#include <optional>
#include <string>

namespace joulemark {

// What the log.txt of an EnergyRunner run says. Nothing in it is required: what is missing stays unknown.
struct EembcLog {
  RunRecord record;
  std::optional<double> supply_v;
  std::string monitor;  // "lpm01a", "js110"
};

// Marks are taken from the stretch between "m-trace[on]" and the registration of trace1-energy.bin, so that
// other runs in the same log do not mix in. Errors: unreadable (a line beyond 1 MiB), io.
[[nodiscard]] Result<EembcLog> read_eembc_log(std::istream& stream, const std::string& name);

}  // namespace joulemark
