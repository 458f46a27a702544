// SPDX-License-Identifier: Apache-2.0
#include <tests/support/places.h>

#include <cstdlib>

namespace joulemark::test {

std::filesystem::path source_dir() {
  return JOULEMARK_SOURCE_DIR;
}

std::optional<std::filesystem::path> captures_dir() {
  const char* const named = std::getenv("JOULEMARK_CAPTURES");
  const std::filesystem::path dir = named != nullptr ? named : source_dir() / ".." / "shared" / "captures";
  std::error_code ignored;
  if (!std::filesystem::is_directory(dir, ignored)) return std::nullopt;
  return dir;
}

}  // namespace joulemark::test
