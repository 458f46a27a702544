// SPDX-License-Identifier: Apache-2.0
#include <app/cli/output.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace joulemark::cli {
namespace {

tl::unexpected<Error> io_failure(const std::string& path, std::string_view doing) {
  return fail(ErrorCode::io, fmt::format("{}: {}: {}", path, doing, std::strerror(errno)));
}

}  // namespace

Status write_output(const std::string& path, std::string_view text) {
  if (path == "-") {
    print(text);
    return std::fflush(stdout) == 0 ? Status() : Status(io_failure("stdout", "cannot write"));
  }
  const std::string temporary = path + ".part";
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) return io_failure(temporary, "cannot create");
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (!written || !closed) {
    const auto failure = io_failure(path, "cannot write");
    std::remove(temporary.c_str());
    return failure;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return io_failure(path, "cannot replace");
  return {};
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void talk(std::string_view text) {
  fmt::print(stderr, "{}\n", text);
}

}  // namespace joulemark::cli
