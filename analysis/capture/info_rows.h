// SPDX-License-Identifier: Apache-2.0
// What is known of a recording as a whole, in the file: CaptureInfo at its begin, Ending at its end.
#pragma once

#include <analysis/capture/database.h>
#include <analysis/model/capture_info.h>

#include <cstdint>
#include <optional>

namespace joulemark::capture {

// How many rows (and samples, edges) there are: what was written at the end must still be there.
struct Totals {
  std::int64_t blocks = 0;  // of channels and of power
  std::int64_t samples = 0;
  std::int64_t summaries = 0;
  std::int64_t edge_rows = 0;
  std::int64_t edges = 0;
  std::int64_t markers = 0;
  std::int64_t anomalies = 0;
  std::int64_t clock_points = 0;
  std::int64_t metadata = 0;
  std::int64_t raw = 0;

  bool operator==(const Totals&) const = default;
};

struct Ending {
  EndReason reason = EndReason::killed;
  Totals totals;
};

[[nodiscard]] Status write_info(Database& db, const CaptureInfo& info);
// Errors: unreadable for rows that are missing, damaged or make no sense.
[[nodiscard]] Result<CaptureInfo> read_info(Database& db);

[[nodiscard]] Result<Totals> count_rows(Database& db);
// Counts what is there and writes it with the reason; replaces an earlier ending.
[[nodiscard]] Status write_ending(Database& db, EndReason reason);
// None for a recording that was never closed.
[[nodiscard]] Result<std::optional<Ending>> read_ending(Database& db);

}  // namespace joulemark::capture
