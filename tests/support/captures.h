// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace joulemark::test {

// Where the real recordings are: $JOULEMARK_CAPTURES, else ../shared/captures beside the source tree. None
// when they are not on this machine: such a test skips itself.
inline std::optional<std::filesystem::path> captures_dir() {
  const char* const named = std::getenv("JOULEMARK_CAPTURES");
  const std::filesystem::path dir =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(JOULEMARK_SOURCE_DIR) / ".." / "shared" / "captures";
  std::error_code ignored;
  if (!std::filesystem::is_directory(dir, ignored)) return std::nullopt;
  return dir;
}

}  // namespace joulemark::test
