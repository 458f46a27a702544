// SPDX-License-Identifier: Apache-2.0
// stdout is the result, stderr is talk.
#pragma once

#include <analysis/model/result.h>

#include <string>
#include <string_view>

namespace joulemark::cli {

// Writes a result file, or stdout for "-". The file appears whole or not at all (temporary name, then
// rename). Errors: io, naming the file.
[[nodiscard]] Status write_output(const std::string& path, std::string_view text);

void print(std::string_view text);  // stdout
void talk(std::string_view text);   // stderr, one line

}  // namespace joulemark::cli
