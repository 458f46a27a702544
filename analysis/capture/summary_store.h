// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/codec.h>
#include <analysis/capture/database.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace joulemark::capture {

// Reads rows of summary levels; the last few stay in memory.
class SummaryStore {
 public:
  using Entries = std::vector<SummaryEntry>;

  [[nodiscard]] static Result<SummaryStore> open(Database& db);

  // The row that holds the entries from first_entry (a multiple of k_row_entries) on; null when there is
  // none.
  [[nodiscard]] Result<std::shared_ptr<const Entries>> get(std::uint32_t channel, int level,
                                                           std::int64_t first_entry, bool timed);

 private:
  struct Kept {
    std::uint32_t channel = 0;
    int level = 0;
    std::int64_t first_entry = 0;
    std::uint64_t used = 0;
    std::shared_ptr<const Entries> entries;
  };

  SummaryStore(Statement select, std::string path) : select_(std::move(select)), path_(std::move(path)) {}

  Statement select_;
  std::string path_;
  std::array<Kept, 48> kept_;
  std::uint64_t clock_ = 0;
};

}  // namespace joulemark::capture
