// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/database.h>
#include <analysis/capture/output_file.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace joulemark::capture {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> k_companions{"-wal", "-shm", "-journal"};

// A recorder holds a shared lock from its begin to its end. What is no database is nobody's capture.
Status check_unused(const std::string& path) {
  Result<Database> db = Database::open(path, Database::Access::write);
  if (!db) return {};
  Status alone = db->take_alone();
  return alone || alone.error().code != ErrorCode::busy ? Status() : alone;
}

Status check_folder(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return {};
  return fail(ErrorCode::usage, path + ": there is no folder " + folder.string() + "; make it first");
}

}  // namespace

Result<std::string> followed(const std::string& path) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
  const fs::path target = fs::canonical(path, error);
  if (!error) return target.string();
  return fail(ErrorCode::usage, path + ": is a link to nothing; remove it or choose another name");
}

Result<std::string> output_file(const std::string& path, bool overwrite) {
  if (path.empty() || path == "-") {
    return fail(ErrorCode::usage, "a capture is a file: name one, like run.jmk (./- for one called -)");
  }
  JM_TRY_ASSIGN(std::string file, followed(path));
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) {
    JM_TRY(check_folder(file));
    if (overwrite || !has_companions(file)) return file;
    return fail(ErrorCode::usage, file + ": is gone, but its -wal or -journal is still there; put the file " +
                                      "back beside it, choose another name or remove it by --overwrite");
  }
  if (!fs::is_regular_file(status)) {
    return fail(ErrorCode::usage, file + ": is not a regular file; a capture cannot be written there");
  }
  if (!overwrite) {
    return fail(ErrorCode::usage,
                path + ": exists already; choose another name or replace it by --overwrite");
  }
  JM_TRY(check_unused(file));
  return file;
}

bool has_companions(const std::string& path) {
  return std::any_of(k_companions.begin(), k_companions.end(), [&](const char* companion) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path + companion, ignored));
  });
}

void remove_companions(const std::string& path) {
  std::error_code ignored;
  for (const char* companion : k_companions)
    fs::remove(path + companion, ignored);
}

void rename_companions(const std::string& from, const std::string& to) {
  std::error_code ignored;
  for (const char* companion : k_companions)
    fs::rename(from + companion, to + companion, ignored);
}

}  // namespace joulemark::capture
