// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/elf/marker_table.h>
#include <analysis/model/result.h>

#include <cstddef>
#include <span>
#include <string>

namespace joulemark {

// The markers of a linked firmware, of any machine. Errors: unreadable (no such file, not ELF, damaged, no
// names in it), naming the file.
[[nodiscard]] Result<MarkerTable> read_markers(const std::string& elf_file);

// The same from memory, which is not changed.
[[nodiscard]] Result<MarkerTable> read_markers(std::span<char> elf_image);

}  // namespace joulemark
