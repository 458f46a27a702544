// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <optional>
#include <stop_token>
#include <string>

namespace joulemark {

// SHA-256 of a capture file's bytes in lower-case hex; reads them in pieces. None for a capture that is still
// recorded, was never closed, or was changed meanwhile. Errors: unreadable, busy, io, naming the file; io
// with WatchedSource::k_cancelled once stop is requested.
[[nodiscard]] Result<std::optional<std::string>> sha256_of_capture(const std::string& path,
                                                                   const std::stop_token& stop = {});

}  // namespace joulemark
