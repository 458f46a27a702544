// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/report.h>

#include <string>

namespace joulemark {

// The report as JSON, schema_version "1", as docs/report.schema.json describes it: SI with the unit in each
// key, full precision, null for unknown. Ends with a newline.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace joulemark
