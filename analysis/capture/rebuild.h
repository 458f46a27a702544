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

}  // namespace joulemark::capture
