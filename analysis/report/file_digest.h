// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <string>

namespace joulemark {

// SHA-256 of a file's bytes in lower-case hex; reads it in pieces. Errors: unreadable, naming the file.
[[nodiscard]] Result<std::string> sha256_of_file(const std::string& path);

}  // namespace joulemark
