// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/row_scan.h>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace joulemark::capture {
namespace {

constexpr std::int64_t k_most_absent = 100'000;  // in a row; then no more are sought

bool is_damage(const Error& error) {
  return error.code == ErrorCode::unreadable;
}

class Scan {
 public:
  Scan(Database& db, const std::string& table, const RowVisitor& visit, const BadRow& bad)
      : db_(&db), table_(&table), visit_(&visit), bad_(&bad) {}

  // False: it met a broken page.
  Result<bool> in_order();
  // What follows the last row seen. Ids run from 1 and may have holes.
  Status one_by_one(std::optional<std::int64_t> expected);
  [[nodiscard]] RowCounts counts() const { return counts_; }

 private:
  void take(const Statement& row, std::int64_t id);
  void lose(std::int64_t id);
  [[nodiscard]] std::optional<std::int64_t> last_id(std::optional<std::int64_t> expected);

  Database* db_;
  const std::string* table_;
  const RowVisitor* visit_;
  const BadRow* bad_;
  std::int64_t seen_ = 0;
  RowCounts counts_;
};

void Scan::take(const Statement& row, std::int64_t id) {
  seen_ = id;
  if (!row.intact() || !(*visit_)(row)) return lose(id);
  ++counts_.good;
}

void Scan::lose(std::int64_t id) {
  ++counts_.bad;
  (*bad_)(id);
}

Result<bool> Scan::in_order() {
  JM_TRY_ASSIGN(Statement rows,
                db_->prepare(fmt::format("SELECT * FROM {} ORDER BY rowid", *table_).c_str(), *table_));
  for (;;) {
    const Result<bool> more = rows.step();
    if (!more && !is_damage(more.error())) return tl::make_unexpected(more.error());
    if (!more) return false;
    if (!*more) return true;
    const std::int64_t id = rows.integer(0);
    if (id <= seen_) return false;
    take(rows, id);
  }
}

std::optional<std::int64_t> Scan::last_id(std::optional<std::int64_t> expected) {
  const auto last = db_->integer(fmt::format("SELECT max(rowid) FROM {}", *table_).c_str());
  if (last) return std::max(*last, expected.value_or(0));
  return expected;
}

Status Scan::one_by_one(std::optional<std::int64_t> expected) {
  JM_TRY_ASSIGN(Statement select,
                db_->prepare(fmt::format("SELECT * FROM {} WHERE rowid=?", *table_).c_str(), *table_));
  const std::optional<std::int64_t> last = last_id(expected);
  std::vector<std::int64_t> unread;  // since the last row that was there
  for (std::int64_t id = seen_ + 1, absent = 0; absent < k_most_absent && (!last || id <= *last); ++id) {
    select.bind(1, id);
    const Result<bool> found = select.step();
    if (!found && !is_damage(found.error())) return tl::make_unexpected(found.error());
    if (!found) unread.push_back(id);
    absent = found && *found ? 0 : absent + 1;
    if (found && *found) {
      std::for_each(unread.begin(), unread.end(), [&](std::int64_t lost) { lose(lost); });
      unread.clear();
      take(select, id);
    }
    select.reset();
  }
  if (!last) {
    counts_.cut = !unread.empty();
  } else {
    std::for_each(unread.begin(), unread.end(), [&](std::int64_t lost) { lose(lost); });
  }
  return {};
}

}  // namespace

Result<RowCounts> scan_rows(Database& db, const std::string& table, std::optional<std::int64_t> expected,
                            const RowVisitor& visit, const BadRow& bad) {
  Scan scan(db, table, visit, bad);
  JM_TRY_ASSIGN(const bool whole, scan.in_order());
  if (!whole) JM_TRY(scan.one_by_one(expected));
  RowCounts counts = scan.counts();
  if (expected) counts.gone = std::max<std::int64_t>(0, *expected - counts.good - counts.bad);
  if (expected) counts.extra = std::max<std::int64_t>(0, counts.good + counts.bad - *expected);
  return counts;
}

}  // namespace joulemark::capture
