// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/closing.h>
#include <analysis/capture/file_head.h>
#include <analysis/capture/output_file.h>
#include <analysis/capture/rebuild.h>
#include <analysis/capture/salvage.h>
#include <analysis/capture/schema.h>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace joulemark {

using namespace capture;

namespace {

Status check_unused(const std::string& path) {
  if (!in_use(path)) return {};
  return fail(ErrorCode::busy, path + ": another program is recording or reading it; nothing was changed");
}

Status check_writable(const std::string& path) {
  if (::access(path.c_str(), W_OK) == 0) return {};
  return fail(ErrorCode::busy, path + ": permission denied; nothing was changed");
}

// What is in the file is whole: gives it an ending where it has none, and folds in the log it may have.
Status close_in_place(const std::string& path, RepairReport& repair) {
  const FileHead head = read_file_head(path);
  if (repair.found.closed && !head.has_log && !head.wants_log) return {};
  {
    JM_TRY(check_writable(path));
    JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::write));
    JM_TRY(db.take_alone());  // check_unused() sees other processes alone
    if (!repair.found.closed) {
      JM_TRY(migrate(db, migrations()));  // what is written now is of this version
      JM_TRY(rebuild_power(db, repair.found.info));
      JM_TRY(write_early_ending(db, repair.found.info, EndReason::killed,
                                repair.found.log_missing ? k_killed_without_log : k_killed));
      repair.actions.emplace_back("marked it as ended by a kill, with what may be missing at the end");
    }
    JM_TRY(leave_wal(db));  // last: until then a kill leaves a -wal file, which any reader understands
  }
  std::error_code ignored;
  std::filesystem::remove(path + "-shm", ignored);  // the killed recorder's: an exclusive database has none
  if (head.has_log) repair.actions.emplace_back("folded the recorder's -wal file into the capture");
  return {};
}

// A change to a closed capture that was broken off is undone by whoever opens it to write.
Status undo_broken_change(const std::string& path, RepairReport& repair) {
  std::error_code none;
  if (std::filesystem::file_size(path + "-journal", none) == 0 || none) return {};
  JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::write));
  JM_TRY(db.integer("SELECT count(*) FROM sqlite_master"));
  repair.actions.emplace_back("undid a change that was broken off");
  return {};
}

Status rename(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (!error) return {};
  const bool forbidden = error == std::errc::permission_denied || error == std::errc::operation_not_permitted;
  return fail(forbidden ? ErrorCode::busy : ErrorCode::io,
              fmt::format("{}: cannot rename it to {}: {}", from, to, error.message()));
}

// Itself, or NAME.2 and so on where something is there already.
std::string free_name(const std::string& name) {
  std::string free = name;
  for (int number = 2; std::filesystem::exists(std::filesystem::symlink_status(free)); ++number)
    free = fmt::format("{}.{}", name, number);
  return free;
}

// Who may read a file does not change by its repair.
void keep_owner(const std::string& from, const std::string& to) {
  struct stat original {};
  if (::stat(from.c_str(), &original) != 0) return;
  if (::chown(to.c_str(), original.st_uid, original.st_gid) != 0 && ::geteuid() == 0) return;
  ::chmod(to.c_str(), original.st_mode & 07777);
}

Status replace(const std::string& path, const std::string& repaired, RepairReport& repair) {
  repair.original = free_name(path + ".damaged");
  if (const Status moved = rename(path, repair.original); !moved) {
    return fail(moved.error().code, moved.error().message + "; what is good of it is in " + repaired +
                                        ", the original is untouched");
  }
  rename_companions(path, repair.original);
  JM_TRY(rename(repaired, path));
  keep_owner(repair.original, path);
  repair.actions.emplace_back(
      "wrote what is good to a new file, with summaries made anew and a record of each loss");
  return {};
}

}  // namespace

Result<RepairReport> repair_capture(const std::string& given, const Progress& progress,
                                    const std::stop_token& stop) {
  JM_TRY_ASSIGN(const std::string path, followed(given));
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return fail(ErrorCode::unreadable, given + ": not a file that can be repaired");
  }
  JM_TRY(check_unused(path));
  const std::string repaired = free_name(path + ".repaired");
  RepairReport repair;
  JM_TRY(undo_broken_change(path, repair));
  {
    JM_TRY_ASSIGN(Database db, open_to_inspect(path));
    db.heed(stop);
    JM_TRY_ASSIGN(Inspector inspector, Inspector::open(db, progress));
    JM_TRY(inspector.inspect());
    repair.found = inspector.report();
    if (!repair.found.intact()) {
      CaptureWriter writer({repaired, CaptureMode::bulk});
      JM_TRY(salvage(db, inspector, writer));
    }
  }
  if (repair.found.intact()) {
    JM_TRY(close_in_place(path, repair));
  } else {
    JM_TRY(replace(path, repaired, repair));
  }
  return repair;
}

}  // namespace joulemark
