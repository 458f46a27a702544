// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_file.h>
#include <analysis/capture/closing.h>
#include <analysis/model/channel.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

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

namespace {

constexpr std::chrono::milliseconds k_between_tries{20};

// False: somebody has it open. SQLite does not wait for that lock, whatever its busy timeout.
Result<bool> try_to_leave_wal(Database& db) {
  auto mode = db.prepare("PRAGMA journal_mode=MEMORY", "closing");
  auto answered = mode ? mode->step() : tl::make_unexpected(mode.error());
  if (!answered && answered.error().code == ErrorCode::busy) return false;
  if (!answered) return tl::make_unexpected(answered.error());
  return *answered && mode->text(0) == "memory";
}

// An Ending was committed, and with it all that it counts.
bool ended_with_log(const std::string& path) {
  auto db = Database::open(path, Database::Access::read);
  if (!db || !uses_log(*db).value_or(false)) return false;
  const auto ending = read_ending(*db);
  return ending && ending->has_value();
}

}  // namespace

Result<bool> uses_log(Database& db) {
  JM_TRY_ASSIGN(Statement mode, db.prepare("PRAGMA journal_mode", "structure"));
  JM_TRY_ASSIGN(const bool answered, mode.step());
  return answered && mode.text(0) == "wal";
}

// Only with all of it moved can the log be emptied, after which a copy of the file alone is whole.
void shorten_log(Database& db) {
  (void)db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

void finish_closing(const std::string& path) {
  if (!ended_with_log(path)) return;
  auto db = Database::open(path, Database::Access::write);
  if (db) (void)try_to_leave_wal(*db);
}

// What is written after the log is folded in is one page, in which only the first sector changes. With a
// journal on the disk a kill in that moment would leave one that nobody who only reads can roll back.
Status leave_wal(Database& db, std::chrono::milliseconds patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  for (;; std::this_thread::sleep_for(k_between_tries)) {
    JM_TRY_ASSIGN(const bool left, try_to_leave_wal(db));
    if (left) return {};
    if (std::chrono::steady_clock::now() < give_up) continue;
    return fail(ErrorCode::busy,
                db.path() +
                    ": another program has it open, so its -wal file stays; joulemark verify "
                    "--repair folds it in later");
  }
}

}  // namespace joulemark::capture
