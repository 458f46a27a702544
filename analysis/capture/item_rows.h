// SPDX-License-Identifier: Apache-2.0
// The small tables, read whole: what is damaged is left out and counted.
#pragma once

#include <analysis/capture/database.h>
#include <analysis/capture/info_rows.h>
#include <analysis/capture/row_scan.h>
#include <analysis/model/anomaly.h>
#include <analysis/model/clock.h>
#include <analysis/model/marker.h>

#include <functional>
#include <optional>
#include <vector>

namespace joulemark::capture {

template <typename T>
struct Items {
  std::vector<T> values;
  RowCounts rows;
};

// Errors: io, busy.
[[nodiscard]] Result<Items<Marker>> read_markers(Database& db, const std::optional<Ending>& ending);
[[nodiscard]] Result<Items<Anomaly>> read_anomalies(Database& db, const std::optional<Ending>& ending);
[[nodiscard]] Result<Items<ClockPoint>> read_clock_points(Database& db, const std::optional<Ending>& ending);
[[nodiscard]] Result<Items<MetadataItem>> read_metadata(Database& db, const std::optional<Ending>& ending);

// One row's value; none when it makes no sense.
[[nodiscard]] std::optional<Marker> make_marker(const Statement& row);
[[nodiscard]] std::optional<Anomaly> make_anomaly(const Statement& row);
[[nodiscard]] ClockPoint make_clock_point(const Statement& row);
[[nodiscard]] MetadataItem make_metadata(const Statement& row);

// The packets of a row of raw bytes. Errors: unreadable, visit's.
[[nodiscard]] Status visit_packets(const Statement& row, const std::function<Status(const RawBytes&)>& visit);

}  // namespace joulemark::capture
