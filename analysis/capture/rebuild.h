// SPDX-License-Identifier: Apache-2.0
// Making anew what follows from the samples.
#pragma once

#include <analysis/capture/database.h>
#include <analysis/model/capture_info.h>

namespace joulemark::capture {

// The blocks and summary levels of derived power, from the stored samples; nothing where power is not
// current x voltage. Errors: io, unreadable for damaged samples.
[[nodiscard]] Status rebuild_power(Database& db, const CaptureInfo& info);

// The summary levels of one stored channel.
[[nodiscard]] Status rebuild_summaries(Database& db, const CaptureInfo& info, ChannelId channel);

// Leaves one file alone in its folder: what the write-ahead log holds goes into it. Errors: busy when another
// program (a recorder that still runs) holds the file; io.
[[nodiscard]] Status leave_wal(Database& db);

}  // namespace joulemark::capture
