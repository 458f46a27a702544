// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/kept_file.h>

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace joulemark {

Status keep_existing(std::string_view option, const std::string& path, bool overwrite) {
  std::error_code ignored;
  if (overwrite || !std::filesystem::is_regular_file(path, ignored)) return {};
  return fail(
      ErrorCode::usage,
      fmt::format("{} {}: exists already; choose another name or replace it by --overwrite", option, path));
}

}  // namespace joulemark
