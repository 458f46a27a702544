// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/summary_builder.h>

#include <utility>

namespace joulemark::capture {
namespace {

void merge(SummaryEntry& into, const SummaryEntry& later) {
  if (later.summary.count == 0) return;
  if (into.summary.count == 0) into.first_ns = later.first_ns;
  into.last_ns = later.last_ns;
  into.summary.merge(later.summary);
}

}  // namespace

SummaryBuilder::SummaryBuilder(std::uint32_t channel, bool timed, RowSink sink, RowIds& ids)
    : channel_(channel), timed_(timed), sink_(std::move(sink)), ids_(&ids) {}

void SummaryBuilder::add(int number, std::int64_t entry, const SummaryEntry& part) {
  Level& level = levels_[static_cast<std::size_t>(number)];
  if (level.entry != entry) {
    close_entry(number);
    level.entry = entry;
  }
  merge(level.current, part);
  changed_ = true;
}

void SummaryBuilder::close_entry(int number) {
  Level& level = levels_[static_cast<std::size_t>(number)];
  if (level.entry < 0 || level.current.summary.count == 0) return;
  open_row(level, number, level.entry / k_row_entries);
  level.done.resize(static_cast<std::size_t>(level.entry % k_row_entries) + 1);
  level.done.back() = level.current;
  if (level.done.size() == k_row_entries) write_row(level, number, level.done);
  if (number + 1 < k_levels) add(number + 1, level.entry / 4, level.current);
  level.current = {};
}

// Begins the row unless it is already the one being filled; a row that is left is complete.
void SummaryBuilder::open_row(Level& level, int number, std::int64_t row) {
  if (level.row == row) return;
  if (!level.done.empty() && level.done.size() < k_row_entries) write_row(level, number, level.done);
  level.row = row;
  level.row_id = 0;
  level.done.clear();
}

void SummaryBuilder::write_row(Level& level, int number, std::span<const SummaryEntry> entries) {
  if (level.row_id == 0) level.row_id = ++ids_->summary;
  sink_(SummaryRow{level.row_id, channel_, number, level.row * k_row_entries,
                   static_cast<std::int64_t>(entries.size()), pack_entries(entries, timed_)});
}

void SummaryBuilder::flush() {
  if (!std::exchange(changed_, false)) return;
  SummaryEntry carry;  // what the levels below hold and have not passed up yet
  std::int64_t carried_entry = levels_[0].entry;
  for (int number = 0; number < k_levels; ++number, carried_entry /= 4) {
    Level& level = levels_[static_cast<std::size_t>(number)];
    if (level.entry != carried_entry) {
      close_entry(number);
      level.entry = carried_entry;
    }
    SummaryEntry now = level.current;
    merge(now, carry);
    carry = now;
    open_row(level, number, level.entry / k_row_entries);
    std::vector<SummaryEntry> entries = level.done;
    entries.resize(static_cast<std::size_t>(level.entry % k_row_entries) + 1);
    entries.back() = now;
    write_row(level, number, entries);
  }
  changed_ = false;
}

}  // namespace joulemark::capture
