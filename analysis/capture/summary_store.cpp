// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/schema.h>
#include <analysis/capture/summary_store.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark::capture {

Result<SummaryStore> SummaryStore::open(Database& db) {
  JM_TRY_ASSIGN(
      Statement select,
      db.prepare("SELECT * FROM summaries WHERE channel=? AND level=? AND first_entry=?", "summary"));
  return SummaryStore(std::move(select), db.path());
}

Result<std::shared_ptr<const SummaryStore::Entries>> SummaryStore::get(std::uint32_t channel, int level,
                                                                       std::int64_t first_entry, bool timed) {
  ++clock_;
  const auto kept = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) {
    return k.entries && k.channel == channel && k.level == level && k.first_entry == first_entry;
  });
  if (kept != kept_.end()) {
    kept->used = clock_;
    return kept->entries;
  }
  select_.bind(1, std::int64_t{channel});
  select_.bind(2, std::int64_t{level});
  select_.bind(3, first_entry);
  JM_TRY_ASSIGN(const bool found, select_.next());
  if (!found) return std::shared_ptr<const Entries>();
  const std::int64_t count = select_.integer(4);
  const std::int64_t id = select_.integer(0);
  const bool possible = count >= 1 && count <= k_row_entries && select_.integer(1) == channel &&
                        select_.integer(2) == level && select_.integer(3) == first_entry;
  Result<Entries> entries = possible ? unpack_entries(select_.blob(5), static_cast<std::size_t>(count), timed)
                                     : fail(ErrorCode::unreadable, "an impossible place");
  select_.reset();
  if (!entries) {
    return fail(ErrorCode::unreadable,
                fmt::format("{}: summary {}: {}; joulemark verify --repair makes it anew", path_, id,
                            entries.error().message));
  }
  Kept& oldest = *std::min_element(kept_.begin(), kept_.end(),
                                   [](const Kept& a, const Kept& b) { return a.used < b.used; });
  oldest = {channel, level, first_entry, clock_, std::make_shared<const Entries>(std::move(*entries))};
  return oldest.entries;
}

}  // namespace joulemark::capture
