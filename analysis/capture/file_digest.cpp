// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/database.h>
#include <analysis/capture/file_digest.h>
#include <analysis/model/watched_source.h>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <memory>
#include <system_error>
#include <vector>

namespace joulemark {

using namespace capture;

namespace {

constexpr std::int64_t k_piece = 256 << 10;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

Result<std::string> sha256_of(const Database& db, const std::stop_token& stop) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  const std::int64_t bytes = db.file_bytes().value_or(0);
  std::vector<std::byte> piece(k_piece);
  for (std::int64_t at = 0; good && at < bytes; at += k_piece) {
    if (stop.stop_requested()) return fail(ErrorCode::io, WatchedSource::k_cancelled);
    const auto part = std::span(piece).first(static_cast<std::size_t>(std::min(k_piece, bytes - at)));
    if (!db.read_file(at, part)) return fail(ErrorCode::unreadable, db.path() + ": cannot read");
    good = EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
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

}  // namespace

// The version is read under a lock, so no change is half written at either end of the reading. Between them
// there is none: a long file must not keep those out who want to change it.
Result<std::optional<std::string>> sha256_of_capture(const std::string& path, const std::stop_token& stop) {
  std::error_code error;
  const std::uintmax_t log_bytes = std::filesystem::file_size(path + "-wal", error);
  if (!error && log_bytes > 0) return std::nullopt;
  JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::read));
  db.set_patience(k_reader_patience);
  JM_TRY_ASSIGN(const std::int64_t before, db.integer("PRAGMA data_version"));
  JM_TRY_ASSIGN(std::string digest, sha256_of(db, stop));
  JM_TRY_ASSIGN(const std::int64_t after, db.integer("PRAGMA data_version"));
  if (before != after) return std::nullopt;
  return digest;
}

}  // namespace joulemark
