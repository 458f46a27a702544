// SPDX-License-Identifier: Apache-2.0
// The small tables, read whole. Errors: unreadable for damaged rows, or fewer than the ending counted.
#pragma once

#include <analysis/capture/database.h>
#include <analysis/capture/info_rows.h>
#include <analysis/model/anomaly.h>
#include <analysis/model/clock.h>
#include <analysis/model/marker.h>

#include <optional>
#include <vector>

namespace joulemark::capture {

[[nodiscard]] Result<std::vector<Marker>> read_markers(Database& db, const std::optional<Ending>& ending);
[[nodiscard]] Result<std::vector<Anomaly>> read_anomalies(Database& db, const std::optional<Ending>& ending);
[[nodiscard]] Result<std::vector<ClockPoint>> read_clock_points(Database& db,
                                                                const std::optional<Ending>& ending);
[[nodiscard]] Result<std::vector<MetadataItem>> read_metadata(Database& db,
                                                              const std::optional<Ending>& ending);

}  // namespace joulemark::capture
