// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace joulemark {

// Opens a regular file (or a link to one) for reading. Errors: unreadable, saying what else the path is:
// importers read their input twice, which a pipe or a device cannot give.
[[nodiscard]] Result<std::ifstream> open_input(const std::filesystem::path& path);

// The same for a file that may be missing: none then.
[[nodiscard]] Result<std::optional<std::ifstream>> open_input_if_there(const std::filesystem::path& path);

}  // namespace joulemark
