// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/report.h>

#include <string>

namespace joulemark {

// The report for people: 80 columns of plain text, units scaled for reading, digits matched to the
// uncertainty,
// "+-" the 95 % interval's half-width.
[[nodiscard]] std::string to_text(const Report& report);

}  // namespace joulemark
