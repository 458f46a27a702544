// SPDX-License-Identifier: Apache-2.0
#include <app/cli/output.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>

namespace joulemark::cli {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> io_failure(const std::string& path, std::string_view doing) {
  return fail(ErrorCode::io, fmt::format("{}: {}: {}", path, doing, std::strerror(errno)));
}

// Errors are told of the path as it was given.
Status write_and_close(const std::string& path, std::FILE* file, std::string_view text) {
  if (file == nullptr) return io_failure(path, "cannot create");
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int error = errno;
  const bool closed = std::fclose(file) == 0;
  if (!written) errno = error;
  return written && closed ? Status() : Status(io_failure(path, "cannot write"));
}

Status write_in_place(const std::string& path, const std::string& target, std::string_view text) {
  return write_and_close(path, std::fopen(target.c_str(), "wb"), text);
}

// The folder may not be written though the file may, or the name has no room for more.
bool only_in_place(int error) {
  return error == EACCES || error == EPERM || error == ENAMETOOLONG;
}

// A file that takes another's place keeps who may do what with it.
std::FILE* create_like(const std::string& target, const std::string& name) {
  struct stat old {};
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, replaces ? 0600 : 0666);
  if (file < 0 || !replaces) return file < 0 ? nullptr : ::fdopen(file, "wb");
  [[maybe_unused]] const int owned = ::fchown(file, old.st_uid, old.st_gid);  // where that is permitted
  ::fchmod(file, old.st_mode & 0777);
  return ::fdopen(file, "wb");
}

Status replace_whole(const std::string& path, const std::string& target, std::string_view text) {
  // Of this process: two may write to one place.
  const std::string temporary = fmt::format("{}.{}.part", target, ::getpid());
  std::FILE* file = create_like(target, temporary);
  if (file == nullptr && only_in_place(errno)) return write_in_place(path, target, text);
  Status written = write_and_close(path, file, text);
  if (written && std::rename(temporary.c_str(), target.c_str()) == 0) return written;
  const int error = errno;
  std::remove(temporary.c_str());
  errno = error;
  if (!written) return written;
  return only_in_place(error) ? write_in_place(path, target, text)
                              : Status(io_failure(path, "cannot replace"));
}

bool leads_nowhere(const fs::path& path) {
  std::error_code ignored;
  return fs::is_symlink(fs::symlink_status(path, ignored)) && !fs::exists(path, ignored);
}

// Where the text really goes: the target of a link, there or not, so that the link stays.
fs::path behind_links(const std::string& path) {
  constexpr int k_most = 40;  // as the kernel follows
  std::error_code failed;
  fs::path target = fs::absolute(path, failed);
  for (int i = 0; i < k_most && !failed && leads_nowhere(target); ++i)
    target = target.parent_path() / fs::read_symlink(target, failed);
  if (!failed) target = fs::weakly_canonical(target, failed);
  return failed ? fs::path(path) : target;
}

bool same_place(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  if (a == "-" || b == "-") return a == b;
  std::error_code ignored;
  return behind_links(a) == behind_links(b) || fs::equivalent(a, b, ignored);
}

// What SQLite keeps beside a capture belongs to it.
bool beside(const std::string& output, const std::string& input) {
  constexpr std::array k_companions{"-wal", "-shm", "-journal"};
  return std::ranges::any_of(k_companions,
                             [&](const char* companion) { return same_place(output, input + companion); });
}

constexpr std::size_t k_columns = 79;
std::mutex stderr_mutex;
std::size_t shown_columns = 0;  // of the line in place

void clear_line() {
  if (shown_columns > 0) std::fputs(fmt::format("\r{:{}}\r", "", shown_columns).c_str(), stderr);
  shown_columns = 0;
}

}  // namespace

Status check_outputs(std::span<const std::string> inputs, std::span<const std::string> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    for (const std::string& input : inputs) {
      if (!same_place(outputs[i], input) && !beside(outputs[i], input)) continue;
      return fail(ErrorCode::usage,
                  fmt::format("{}: is read here, so it cannot be written to as well", outputs[i]));
    }
    for (const std::string& other : outputs.subspan(i + 1)) {
      if (!same_place(outputs[i], other)) continue;
      return fail(ErrorCode::usage, fmt::format("{}: two outputs cannot go to one place", other));
    }
  }
  return {};
}

Status check_beside(const std::string& capture, const std::string& output) {
  if (!beside(output, capture)) return {};
  return fail(ErrorCode::usage,
              fmt::format("{}: belongs to {}, so nothing else can be written there", output, capture));
}

Status write_output(const std::string& path, std::string_view text) {
  if (path == "-") {
    print(text);
    return flush_output();
  }
  const std::string target = behind_links(path).string();
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(target, ignored);  // a link still: it leads in a circle
  if (fs::is_directory(status)) return fail(ErrorCode::usage, path + ": is a folder, not a file to write");
  const bool special = fs::exists(status) && !fs::is_regular_file(status);
  return special ? write_in_place(path, target, text) : replace_whole(path, target, text);
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

Status flush_output() {
  const bool flushed = std::fflush(stdout) == 0;
  return flushed && std::ferror(stdout) == 0 ? Status() : Status(io_failure("stdout", "cannot write"));
}

void show_in_place(std::string line) {
  const std::scoped_lock lock(stderr_mutex);
  if (line.empty()) return clear_line();
  line.resize(std::min(line.size(), k_columns));
  line.resize(std::max(line.size(), shown_columns), ' ');
  std::fputs(("\r" + line).c_str(), stderr);
  shown_columns = line.size();
}

// What comes from files and arguments must not steer the terminal.
void talk(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) c = '?';
  }
  line += '\n';
  const std::scoped_lock lock(stderr_mutex);
  clear_line();
  std::fwrite(line.data(), 1, line.size(), stderr);  // where nobody can be told, what is done goes on
}

}  // namespace joulemark::cli
