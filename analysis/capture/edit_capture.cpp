// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_file.h>
#include <analysis/capture/edit_capture.h>
#include <analysis/capture/info_rows.h>
#include <analysis/capture/row_store.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace joulemark {

using namespace capture;

namespace {

constexpr std::chrono::milliseconds k_patience{2000};  // with readers, and with another writer

Status remove_metadata(Database& db, const std::string& key) {
  JM_TRY_ASSIGN(Statement remove, db.prepare("DELETE FROM metadata WHERE key=?", "metadata"));
  remove.bind(1, key);
  return remove.run();
}

Status remove_marker(Database& db, const Marker& marker) {
  JM_TRY_ASSIGN(
      Statement remove,
      db.prepare("DELETE FROM markers WHERE source='person' AND time_ns=? AND kind=? AND name=?", "markers"));
  remove.bind(1, marker.time_ns);
  remove.bind(2, name_of(marker.kind));
  remove.bind(3, marker.name);
  return remove.run();
}

Status apply(Database& db, const CaptureEdit& edit, EndReason reason) {
  for (const auto& [key, value] : edit.metadata)
    JM_TRY(remove_metadata(db, key));
  for (const auto* markers : {&edit.removed, &edit.added}) {
    for (const Marker& marker : *markers)
      JM_TRY(remove_marker(db, marker));
  }
  JM_TRY_ASSIGN(RowStore store, RowStore::open(db));
  for (const auto& [key, value] : edit.metadata) {
    if (value) JM_TRY(store.write(MetadataItem{key, *value}));
  }
  for (const Marker& marker : edit.added)
    JM_TRY(store.write(marker));
  return write_ending(db, reason);
}

Status check(const CaptureEdit& edit) {
  const auto by_person = [](const Marker& marker) { return marker.source == MarkerSource::person; };
  const bool all = std::ranges::all_of(edit.removed, by_person) && std::ranges::all_of(edit.added, by_person);
  return all ? Status() : fail(ErrorCode::usage, "only a person's markers can be edited");
}

}  // namespace

Status edit_capture(const std::string& path, const CaptureEdit& edit) {
  JM_TRY(check(edit));
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorCode::unreadable, path + (error ? ": " + error.message() : ": not a file"));
  }
  JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::write));
  db.set_patience(k_patience);
  JM_TRY(check_schema(db));
  JM_TRY_ASSIGN(const CaptureInfo info, read_info(db));
  if (!edit.capture.empty()) JM_TRY(check_id(db, info, edit.capture));
  JM_TRY(db.execute("BEGIN IMMEDIATE"));
  JM_TRY_ASSIGN(const std::optional<Ending> ending, read_ending(db));
  if (!ending) {
    return fail(ErrorCode::unreadable,
                path + ": its recording was never closed; joulemark verify --repair does that");
  }
  JM_TRY_ASSIGN(const Totals there, count_rows(db));
  if (there != ending->totals) {
    return fail(ErrorCode::unreadable,
                path + ": it is damaged and lacks rows; joulemark verify --repair keeps what is good");
  }
  JM_TRY(apply(db, edit, ending->reason));
  return db.execute("COMMIT");
}

}  // namespace joulemark
