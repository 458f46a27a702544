// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

namespace joulemark::test {

// The top of the source tree.
std::filesystem::path source_dir();

// Where the real recordings are: $JOULEMARK_CAPTURES, else ../shared/captures beside the source tree. None
// when they are not on this machine: such a test skips itself.
std::optional<std::filesystem::path> captures_dir();

}  // namespace joulemark::test
