// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <string>
#include <string_view>

namespace joulemark {

// A file that is there already is somebody's, until they say that it may be replaced. What is no regular file
// (a device, a pipe) has nothing to lose; "" is no file. Errors: usage, naming the option that names the
// file.
[[nodiscard]] Status keep_existing(std::string_view option, const std::string& path, bool overwrite);

}  // namespace joulemark
