// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/input_file.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace joulemark {
namespace {

std::string_view what_it_is(std::filesystem::file_type type) {
  switch (type) {
    case std::filesystem::file_type::directory:
      return "is a folder, not a file";
    case std::filesystem::file_type::fifo:
      return "is a pipe, and the import reads its input twice; save it to a file first";
    default:
      return "is a device or socket, not a file";
  }
}

}  // namespace

Result<std::ifstream> open_input(const std::filesystem::path& path) {
  std::error_code failed;
  const std::filesystem::file_status status = std::filesystem::status(path, failed);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return fail(ErrorCode::unreadable, fmt::format("{}: {}", path.string(), what_it_is(status.type())));
  }
  std::ifstream stream(path, std::ios::binary);
  if (stream) return stream;
  return fail(ErrorCode::unreadable,
              fmt::format("{}: cannot be opened: {}", path.string(), std::strerror(errno)));
}

Result<std::optional<std::ifstream>> open_input_if_there(const std::filesystem::path& path) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed) && !failed) return std::optional<std::ifstream>();
  JM_TRY_ASSIGN(std::ifstream stream, open_input(path));
  return std::optional<std::ifstream>(std::move(stream));
}

}  // namespace joulemark
