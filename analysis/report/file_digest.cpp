// SPDX-License-Identifier: Apache-2.0
#include <analysis/report/file_digest.h>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace joulemark {
namespace {

constexpr std::size_t k_piece = 256 << 10;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Result<std::optional<std::string>> sha256_of_capture(const std::string& path) {
  std::error_code error;
  const std::uintmax_t log_bytes = std::filesystem::file_size(path + "-wal", error);
  if (!error && log_bytes > 0) return std::nullopt;
  JM_TRY_ASSIGN(std::string digest, sha256_of_file(path));
  return digest;
}

Result<std::string> sha256_of_file(const std::string& path) {
  const auto unreadable = [&] {
    return fail(ErrorCode::unreadable, fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  };
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) return unreadable();
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<unsigned char> piece(k_piece);
  for (std::size_t read = 1; good && read > 0;) {
    read = std::fread(piece.data(), 1, piece.size(), file.get());
    good = EVP_DigestUpdate(context.get(), piece.data(), read) == 1;
  }
  if (std::ferror(file.get()) != 0) return unreadable();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1) {
    return fail(ErrorCode::internal, "cannot compute a SHA-256");
  }
  std::string hex;
  for (unsigned int i = 0; i < length; ++i)
    fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
  return hex;
}

}  // namespace joulemark
