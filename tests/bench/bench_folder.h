// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>

namespace joulemark::bench {

// Where the benchmarks put their files: JOULEMARK_BENCH_DIR, else a folder under the system's temporary one.
[[nodiscard]] inline std::filesystem::path bench_folder() {
  const char* chosen = std::getenv("JOULEMARK_BENCH_DIR");
  const std::filesystem::path folder = chosen != nullptr
                                           ? std::filesystem::path(chosen)
                                           : std::filesystem::temp_directory_path() / "joulemark-bench";
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace joulemark::bench
