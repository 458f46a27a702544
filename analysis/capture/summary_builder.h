// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/row_store.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace joulemark::capture {

using RowSink = std::function<void(Row)>;

// Rows are numbered from 1 as they first appear; a row written again keeps its number.
struct RowIds {
  std::int64_t block = 0;
  std::int64_t summary = 0;
  std::int64_t edge = 0;
};

// Makes the summary levels of one channel from its lowest entries, which come in order. Work per entry is
// O(1) amortised: an entry goes up when it is complete.
class SummaryBuilder {
 public:
  SummaryBuilder(std::uint32_t channel, bool timed, RowSink sink, RowIds& ids);

  // part lies within one entry of the lowest level; several parts of one entry are merged.
  void add(std::int64_t entry, const SummaryEntry& part) { add(0, entry, part); }

  // Writes the unfinished rows of every level as they are now; more may follow.
  void flush();

 private:
  struct Level {
    std::int64_t entry = -1;  // the one being filled
    SummaryEntry current;
    std::int64_t row = -1;
    std::int64_t row_id = 0;  // 0: not written yet
    std::vector<SummaryEntry> done;
  };

  void add(int level, std::int64_t entry, const SummaryEntry& part);
  void close_entry(int level);
  void open_row(Level& level, int number, std::int64_t row);
  void write_row(Level& level, int number, std::span<const SummaryEntry> entries);

  std::uint32_t channel_;
  bool timed_;
  bool changed_ = false;
  RowSink sink_;
  RowIds* ids_;
  std::array<Level, k_levels> levels_;
};

}  // namespace joulemark::capture
