// SPDX-License-Identifier: Apache-2.0
// How a capture file ends that nobody ended properly.
#pragma once

#include <analysis/capture/capture_options.h>
#include <analysis/capture/row_store.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark::capture {

inline constexpr std::string_view k_killed = "the recorder was killed: up to 1.5 s at the end may be missing";
inline constexpr std::string_view k_killed_or_running =
    "the recorder was killed or still runs: up to 1.5 s at the end may be missing";
inline constexpr std::string_view k_killed_without_log =
    "the recorder was killed and its -wal file is not there: minutes at the end may be missing";

// Where the last sample of these blocks ends; 0 without any.
[[nodiscard]] TimeNs end_of(const std::vector<BlockRow>& blocks, const CaptureInfo& info);

// What came after end_ns is missing.
[[nodiscard]] Anomaly truncation(TimeNs end_ns, std::string_view why);

// Writes that Anomaly and the ending. Errors: io, unreadable for a damaged directory.
[[nodiscard]] Status write_early_ending(Database& db, const CaptureInfo& info, EndReason reason,
                                        std::string_view why);

// Leaves one file alone in its folder: what the write-ahead log holds goes into it. Errors: busy when another
// program (a recorder that still runs, somebody who reads for seconds) holds the file; io.
[[nodiscard]] Status leave_wal(Database& db, std::chrono::milliseconds patience = k_closing_patience);

// Of the write-ahead log what can be moved into the database while others read that; the rest is as good
// where it is.
void shorten_log(Database& db);

// Whether a log belongs to the file, be it empty: while it is recorded, and from then on until somebody
// leaves it alone in its folder.
[[nodiscard]] Result<bool> uses_log(Database& db);

// Does for a recorder what that had to leave undone because the file was read: nothing where the recording
// has no ending, or the file is still read. Nobody in this thread may have it open.
void finish_closing(const std::string& path);

}  // namespace joulemark::capture
