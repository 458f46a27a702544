// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/database.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace joulemark::capture {

struct RowCounts {
  std::int64_t good = 0;
  std::int64_t bad = 0;   // damaged, senseless, or on a page that cannot be read
  std::int64_t gone = 0;  // expected, and not there
  std::int64_t extra = 0;
  bool cut = false;  // what followed the last good row cannot be read, and nothing tells how much it was

  [[nodiscard]] bool whole() const { return bad == 0 && gone == 0 && extra == 0 && !cut; }
};

// Id is the first column. Visits every readable, intact row of a table by rising id, and goes on where SQLite
// stops at a broken page. visit: false for a row that makes no sense. bad: of every row that is damaged.
// expected: how many rows were written, where that is known. Errors: only of the system beneath (io, busy).
using RowVisitor = std::function<bool(const Statement& row)>;
using BadRow = std::function<void(std::int64_t id)>;
[[nodiscard]] Result<RowCounts> scan_rows(Database& db, const std::string& table,
                                          std::optional<std::int64_t> expected, const RowVisitor& visit,
                                          const BadRow& bad);

}  // namespace joulemark::capture
