// SPDX-License-Identifier: Apache-2.0
// Offsets and lock bytes: https://www.sqlite.org/fileformat2.html, sections 1.3 and 1.2 of lockingv3.html.
#include <analysis/capture/file_head.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

namespace joulemark::capture {
namespace {

constexpr std::string_view k_magic{"SQLite format 3\0", 16};

using Header = std::array<std::byte, 100>;

std::int64_t big_endian(const Header& header, std::size_t at, std::size_t bytes) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    value = value << 8 | std::to_integer<std::int64_t>(header[at + i]);
  return value;
}

std::int64_t stated_bytes(const Header& header) {
  const std::int64_t size = big_endian(header, 16, 2);
  const std::int64_t page_bytes = size == 1 ? 65536 : size;
  const bool valid = big_endian(header, 24, 4) == big_endian(header, 92, 4);
  return valid ? page_bytes * big_endian(header, 28, 4) : 0;
}

// Whoever opens the file makes an empty one.
bool has_log(const std::string& path) {
  std::error_code error;
  return std::filesystem::file_size(path + "-wal", error) > 0 && !error;
}

}  // namespace

FileHead read_file_head(const Database& db) {
  if (has_log(db.path())) return {.has_log = true};  // then nothing more is asked
  Header header{};
  const std::optional<std::int64_t> bytes = db.file_bytes();
  const bool read = bytes && db.read_file(0, header);
  if (!read || std::memcmp(header.data(), k_magic.data(), k_magic.size()) != 0) return {};
  FileHead head;
  head.bytes = *bytes;
  head.stated_bytes = stated_bytes(header);
  head.wants_log = header[18] == std::byte{2} || header[19] == std::byte{2};
  return head;
}

FileHead read_file_head(const std::string& path) {
  if (has_log(path)) return {.has_log = true};
  const auto db = Database::open(path, Database::Access::read);
  return db ? read_file_head(*db) : FileHead{};
}

std::string words_for_cut(const FileHead& head) {
  return fmt::format("{} of {} bytes are there", head.bytes, head.stated_bytes);
}

Error explain(Error error, const std::string& path) {
  if (error.code != ErrorCode::unreadable) return error;
  const FileHead head = read_file_head(path);
  if (head.cut_off()) {
    error.message += fmt::format(
        "; the end of the file is gone ({}): joulemark verify --repair keeps what "
        "can still be read",
        words_for_cut(head));
  } else if (head.log_missing()) {
    error.message +=
        "; it is a recording without its -wal file, which holds the latest data: put that back "
        "beside it";
  }
  return error;
}

bool in_use(const std::string& path) {
  constexpr off_t k_pending_byte = 0x40000000;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = k_pending_byte;
  lock.l_len = 512;
  const bool asked = ::fcntl(descriptor, F_GETLK, &lock) == 0;
  ::close(descriptor);
  return asked && lock.l_type != F_UNLCK;
}

}  // namespace joulemark::capture
