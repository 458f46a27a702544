// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/block_builder.h>
#include <analysis/capture/capture_file.h>
#include <analysis/capture/file_head.h>
#include <analysis/capture/schema.h>
#include <analysis/capture/value_source.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark::capture {

Status check_id(const Database& db, const CaptureInfo& info, const std::string& id) {
  if (info.id == id) return {};
  return fail(ErrorCode::unreadable, db.path() + ": another capture was put in its place; open it again");
}

BlockRow block_of(const Statement& row) {
  return {row.integer(0),  static_cast<std::uint32_t>(row.integer(1)),
          row.integer(2),  row.integer(3),
          row.real(4),     row.real(5),
          row.real(6),     row.real(7),
          row.integer(8),  row.integer(9),
          row.integer(10), row.real(11),
          row.real(12),    static_cast<std::uint64_t>(row.integer(13))};
}

Result<std::vector<std::vector<BlockRow>>> read_blocks(Database& db, std::size_t channels,
                                                       const std::optional<Ending>& ending) {
  JM_TRY_ASSIGN(Statement rows, db.prepare("SELECT * FROM blocks", "block"));
  std::vector<std::vector<BlockRow>> blocks(channels + 1);
  Totals found;
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows.next());
    if (!more) break;
    const BlockRow block = block_of(rows);
    const bool power = rows.integer(1) == k_power.value;
    if (!power && (rows.integer(1) < 0 || rows.integer(1) >= static_cast<std::int64_t>(channels))) {
      return fail(ErrorCode::unreadable, fmt::format("{}: block {} is of no channel", db.path(), block.id));
    }
    if (!place_fits(block)) {
      return fail(ErrorCode::unreadable,
                  fmt::format("{}: block {} has an impossible place", db.path(), block.id));
    }
    blocks[power ? channels : block.channel].push_back(block);
    ++found.blocks;
    if (!power) found.samples += block.count;
  }
  if (ending && (ending->totals.blocks != found.blocks || ending->totals.samples != found.samples)) {
    return fail(ErrorCode::unreadable,
                fmt::format("{}: {} of {} samples are there; joulemark verify tells which are lost",
                            db.path(), found.samples, ending->totals.samples));
  }
  for (std::vector<BlockRow>& list : blocks) {
    std::sort(list.begin(), list.end(),
              [](const BlockRow& a, const BlockRow& b) { return a.first_index < b.first_index; });
  }
  return blocks;
}

// A recording that still runs is read as it was when it was opened: rows of unfinished blocks are replaced.
Result<CaptureFile> CaptureFile::open(Database db) {
  JM_TRY(db.execute("BEGIN"));
  JM_TRY(check_schema(db));
  // SQLite does not mind when less than a page is gone.
  if (read_file_head(db).cut_off()) return fail(ErrorCode::unreadable, db.path() + ": damaged");
  CaptureFile file(std::move(db));
  JM_TRY_ASSIGN(file.info_, read_info(file.db_));
  for (const Channel& channel : file.info_.channels) {
    if (!times_fit(channel)) {
      return fail(ErrorCode::unreadable, fmt::format("{}: channel '{}' has an impossible start or interval",
                                                     file.db_.path(), channel.name));
    }
  }
  JM_TRY_ASSIGN(file.ending_, read_ending(file.db_));
  JM_TRY_ASSIGN(file.store_, BlockStore::open(file.db_));
  if (file.ending_) JM_TRY(file.db_.execute("COMMIT"));
  return file;
}

Result<const BlockDirectory*> CaptureFile::directory(ChannelId channel) {
  if (directories_.empty()) JM_TRY(load_directories());
  if (channel != k_power) return directories_[channel.value].get();
  if (!power_) {
    JM_TRY_ASSIGN(const Derivation power, derive(info_, k_power));
    JM_TRY(make_power(power));
  }
  return power_.get();
}

Status CaptureFile::load_directories() {
  JM_TRY_ASSIGN(auto blocks, read_blocks(db_, info_.channels.size(), ending_));
  std::vector<std::unique_ptr<BlockDirectory>> directories;
  for (std::size_t i = 0; i < info_.channels.size(); ++i) {
    const Channel& channel = info_.channels[i];
    JM_TRY_ASSIGN(
        BlockDirectory directory,
        BlockDirectory::make(channel, std::move(blocks[i]), db_.path() + ": channel '" + channel.name + "'"));
    directories.push_back(std::make_unique<BlockDirectory>(std::move(directory)));
  }
  power_rows_ = std::move(blocks.back());
  directories_ = std::move(directories);
  return {};
}

// The current's blocks with the sums of power. Where those are missing (the recorder was killed while they
// waited for the voltage) they are made from the samples.
Status CaptureFile::make_power(const Derivation& power) {
  std::vector<BlockRow> rows;
  const std::vector<BlockRow>& current = directories_[power.channel.value]->blocks();
  auto next = power_rows_.begin();
  for (std::size_t k = 0; k < current.size(); ++k) {
    while (next != power_rows_.end() && next->first_index < current[k].first_index)
      ++next;
    if (next != power_rows_.end() && next->first_index == current[k].first_index &&
        next->count == current[k].count) {
      rows.push_back(*next);
    } else {
      JM_TRY_ASSIGN(BlockRow made, sum_power(power, k));
      rows.push_back(made);
    }
    rows.back().id = current[k].id;
  }
  JM_TRY_ASSIGN(BlockDirectory directory, BlockDirectory::make(info_.channels[power.channel.value],
                                                               std::move(rows), db_.path() + ": power"));
  power_ = std::make_unique<BlockDirectory>(std::move(directory));
  return {};
}

Result<BlockRow> CaptureFile::sum_power(const Derivation& power, std::size_t k) {
  const Channel& channel = info_.channels[power.channel.value];
  const BlockDirectory& current = *directories_[power.channel.value];
  ValueSource values(*store_, channel, current, info_.channels[power.voltage->value],
                     *directories_[power.voltage->value]);
  JM_TRY_ASSIGN(const BlockValues products, values.get(k));
  BlockRow made;
  RowIds ids;
  BlockBuilder<double> builder(
      k_power.value, channel.timed, Compression::fast,
      [&made](Row row) {
        if (const auto* block = std::get_if<BlockRow>(&row)) made = *block;
      },
      ids);
  builder.add(current.blocks()[k].first_index, products.products, products.stamps_ns);
  builder.flush();
  made.step_ns = current.blocks()[k].step_ns;
  return made;
}

}  // namespace joulemark::capture
