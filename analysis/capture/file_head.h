// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a capture file and its place tell, before SQLite has a look.
#pragma once

#include <analysis/capture/database.h>
#include <analysis/model/result.h>

#include <cstdint>
#include <string>

namespace joulemark::capture {

struct FileHead {
  std::int64_t bytes = 0;
  std::int64_t stated_bytes = 0;  // by its header; 0 when that cannot be told
  bool has_log = false;           // a -wal is beside it
  bool wants_log = false;         // it was left while recording

  // The end of the file is gone.
  [[nodiscard]] bool cut_off() const { return !has_log && bytes < stated_bytes; }
  // The -wal of a recording is not where it should be: moved, lost, or folded in by another program.
  [[nodiscard]] bool log_missing() const { return wants_log && !has_log; }
};

// All zero for what cannot be read or is no SQLite database; has_log alone where there is a log. Of a file
// that may be written just now, call it within a transaction that has read something.
[[nodiscard]] FileHead read_file_head(const Database& db);
[[nodiscard]] FileHead read_file_head(const std::string& path);

// "12 of 20 bytes are there"
[[nodiscard]] std::string words_for_cut(const FileHead& head);

// An unreadable file's error with what its head says of the cause and what to do.
[[nodiscard]] Error explain(Error error, const std::string& path);

// Another program records it or reads from it just now. Call it before opening the file as a database: the
// locks this process holds on it are given up.
[[nodiscard]] bool in_use(const std::string& path);

}  // namespace joulemark::capture
