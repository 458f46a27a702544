// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/block_builder.h>
#include <analysis/capture/capture_file.h>
#include <analysis/capture/rebuild.h>
#include <analysis/capture/value_source.h>
#include <analysis/model/rail.h>

#include <fmt/format.h>

#include <optional>

namespace joulemark::capture {
namespace {

constexpr int k_blocks_per_transaction = 1024;

// Rows from a builder into the file; the first error stays.
class RowWriter {
 public:
  RowWriter(RowStore store) : store_(std::move(store)) {}
  void write(const Row& row) {
    if (status) status = store_.write(row);
  }
  Status status;

 private:
  RowStore store_;
};

Result<RowIds> last_ids(Database& db) {
  RowIds ids;
  JM_TRY_ASSIGN(ids.block, db.integer("SELECT max(id) FROM blocks"));
  JM_TRY_ASSIGN(ids.summary, db.integer("SELECT max(id) FROM summaries"));
  return ids;
}

// The directory of a stored channel, straight from its rows.
Result<BlockDirectory> directory_of(Database& db, const CaptureInfo& info, ChannelId channel,
                                    std::vector<std::vector<BlockRow>>& blocks) {
  return BlockDirectory::make(info.channels[channel.value], blocks[channel.value],
                              db.path() + ": channel '" + info.channels[channel.value].name + "'");
}

// Feeds every block's values to a builder.
template <typename Add>
Status feed(const BlockDirectory& blocks, ValueSource& values, RowWriter& writer, const Add& add) {
  for (std::size_t k = 0; k < blocks.blocks().size(); ++k) {
    JM_TRY_ASSIGN(const BlockValues block, values.get(k));
    add(blocks.blocks()[k].first_index, block);
    if (k % k_blocks_per_transaction == 0) writer.write(Commit{});
    JM_TRY(writer.status);
  }
  return {};
}

}  // namespace

Status rebuild_power(Database& db, const CaptureInfo& info) {
  const auto power = derive(info, k_power);
  if (!power || !power->voltage) return {};
  JM_TRY(db.execute(fmt::format("BEGIN; DELETE FROM blocks WHERE channel={0}; DELETE FROM summaries WHERE "
                                "channel={0}; COMMIT",
                                k_power.value)
                        .c_str()));
  JM_TRY_ASSIGN(auto rows, read_blocks(db, info.channels.size(), std::nullopt));
  JM_TRY_ASSIGN(const BlockDirectory current, directory_of(db, info, power->channel, rows));
  JM_TRY_ASSIGN(const BlockDirectory voltage, directory_of(db, info, *power->voltage, rows));
  if (voltage.empty()) return {};
  JM_TRY_ASSIGN(BlockStore store, BlockStore::open(db));
  JM_TRY_ASSIGN(RowStore row_store, RowStore::open(db));
  JM_TRY_ASSIGN(RowIds ids, last_ids(db));
  const Channel& channel = info.channels[power->channel.value];
  ValueSource values(store, channel, current, info.channels[power->voltage->value], voltage);
  RowWriter writer(std::move(row_store));
  BlockBuilder<double> builder(
      k_power.value, channel.timed, Compression::fast, [&](const Row& row) { writer.write(row); }, ids);
  JM_TRY(feed(current, values, writer, [&](std::int64_t first_index, const BlockValues& block) {
    builder.add(first_index, block.products, block.stamps_ns);
  }));
  builder.flush();
  writer.write(Commit{});
  return writer.status;
}

Status rebuild_summaries(Database& db, const CaptureInfo& info, ChannelId id) {
  JM_TRY(db.execute(fmt::format("DELETE FROM summaries WHERE channel={}", id.value).c_str()));
  JM_TRY_ASSIGN(auto rows, read_blocks(db, info.channels.size(), std::nullopt));
  JM_TRY_ASSIGN(const BlockDirectory blocks, directory_of(db, info, id, rows));
  JM_TRY_ASSIGN(BlockStore store, BlockStore::open(db));
  JM_TRY_ASSIGN(RowStore row_store, RowStore::open(db));
  JM_TRY_ASSIGN(RowIds ids, last_ids(db));
  const Channel& channel = info.channels[id.value];
  ValueSource values(store, channel, blocks);
  RowWriter writer(std::move(row_store));
  BlockBuilder<float> builder(
      id.value, channel.timed, Compression::fast,
      [&](const Row& row) {
        if (std::holds_alternative<SummaryRow>(row)) writer.write(row);
      },
      ids);
  JM_TRY(feed(blocks, values, writer, [&](std::int64_t first_index, const BlockValues& block) {
    builder.add(first_index, block.stored, block.stamps_ns);
  }));
  builder.flush();
  writer.write(Commit{});
  return writer.status;
}

}  // namespace joulemark::capture
