// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/csv_columns.h>
#include <analysis/formats/csv_samples.h>
#include <analysis/model/capture_info.h>

#include <vector>

namespace joulemark {

// What was read from which column in which unit, why, and which columns were not read: metadata
// "source.time", "source.current" ... "source.lines", "source.ignored".
[[nodiscard]] std::vector<MetadataItem> csv_provenance(const CsvLayout& layout, const CsvPlan& plan,
                                                       const CsvSurvey& survey);

}  // namespace joulemark
