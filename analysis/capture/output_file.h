// SPDX-License-Identifier: Apache-2.0
// What may stand where a capture is to be written, and how it goes.
#pragma once

#include <analysis/model/result.h>

#include <string>

namespace joulemark::capture {

// The file to write, links followed; nothing is changed. Errors: usage for what is there already (unless
// overwriting), for anything but a regular file and where its folder is missing; busy for a capture that is
// still being recorded.
[[nodiscard]] Result<std::string> output_file(const std::string& path, bool overwrite);

// The file a link leads to; any other path as it is. Errors: usage for a link to nothing.
[[nodiscard]] Result<std::string> followed(const std::string& path);

// SQLite applies a -wal to whatever database it finds beside it.
[[nodiscard]] bool has_companions(const std::string& path);
void remove_companions(const std::string& path);
void rename_companions(const std::string& from, const std::string& to);

}  // namespace joulemark::capture
