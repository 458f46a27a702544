// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_file.h>
#include <analysis/capture/closing.h>
#include <analysis/model/channel.h>

#include <algorithm>
#include <string>

namespace joulemark::capture {

TimeNs end_of(const std::vector<BlockRow>& blocks, const CaptureInfo& info) {
  TimeNs end_ns = 0;
  for (const BlockRow& block : blocks) {
    const Channel& channel = info.channels[block.channel];
    end_ns = std::max(
        end_ns, channel.timed ? block.last_ns : SampleGrid(channel).time_of(block.first_index + block.count));
  }
  return end_ns;
}

Anomaly truncation(TimeNs end_ns, std::string_view why) {
  return {AnomalyKind::truncated, Severity::data_loss, std::nullopt, {end_ns, end_ns}, 0, 1,
          std::string(why)};
}

Status write_early_ending(Database& db, const CaptureInfo& info, EndReason reason, std::string_view why) {
  JM_TRY_ASSIGN(auto blocks, read_blocks(db, info.channels.size(), std::nullopt));
  blocks.pop_back();  // power
  TimeNs end_ns = 0;
  for (const std::vector<BlockRow>& of_channel : blocks)
    end_ns = std::max(end_ns, end_of(of_channel, info));
  JM_TRY_ASSIGN(RowStore store, RowStore::open(db));
  JM_TRY(store.write(truncation(end_ns, why)));
  JM_TRY(write_ending(db, reason));
  return store.write(Commit{});
}

// What is written after the log is folded in is one page, in which only the first sector changes. With a
// journal on the disk a kill in that moment would leave one that nobody who only reads can roll back.
Status leave_wal(Database& db) {
  JM_TRY(db.execute("PRAGMA busy_timeout=2000"));
  JM_TRY_ASSIGN(Statement mode, db.prepare("PRAGMA journal_mode=MEMORY", "closing"));
  JM_TRY_ASSIGN(const bool answered, mode.step());
  if (answered && mode.text(0) == "memory") return {};
  return fail(ErrorCode::busy, db.path() +
                                   ": another program has it open, so its -wal file stays; joulemark verify "
                                   "--repair folds it in later");
}

}  // namespace joulemark::capture
