// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <optional>
#include <string>

namespace joulemark {

// A capture that is still recorded, or was never closed, has no digest: its bytes change, and opening them
// once more would give up the locks of whoever reads it in this process. Errors: as below.
[[nodiscard]] Result<std::optional<std::string>> sha256_of_capture(const std::string& path);

// SHA-256 of a file's bytes in lower-case hex; reads it in pieces. Errors: unreadable, naming the file.
[[nodiscard]] Result<std::string> sha256_of_file(const std::string& path);

}  // namespace joulemark
