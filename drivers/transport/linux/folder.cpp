// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/linux/file_descriptor.h>
#include <drivers/transport/linux/folder.h>

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace joulemark::linux_system {
namespace {

ErrorCode code_of(int error) {
  if (error == ENOENT || error == ENODEV || error == ENXIO) return ErrorCode::no_instrument;
  if (error == EACCES || error == EPERM || error == EBUSY) return ErrorCode::busy;
  return ErrorCode::io;
}

tl::unexpected<Error> failed(const std::filesystem::path& path, std::string_view what, int error) {
  return fail(code_of(error), fmt::format("{}: cannot be {}: {}", path.string(), what,
                                          std::generic_category().message(error)));
}

// "i2c-10" as ("i2c-", 10), so that numbers count as numbers.
std::pair<std::string, unsigned long> number_at_end(const std::string& name) {
  const auto digits = name.find_last_not_of("0123456789") + 1;
  const std::string number = name.substr(digits);
  return {name.substr(0, digits), number.empty() || number.size() > 9 ? 0 : std::stoul(number)};
}

}  // namespace

bool Folder::exists(std::string_view name) const {
  std::error_code ignored;
  return std::filesystem::exists(path_ / name, ignored);
}

Result<std::string> Folder::read(std::string_view name) const {
  const std::filesystem::path path = path_ / name;
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return failed(path, "opened", errno);
  std::array<char, 4096> text{};
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return failed(path, "read", errno);
  std::string value(text.data(), static_cast<std::size_t>(size));
  value.erase(value.find_last_not_of(" \t\r\n") + 1);
  return value;
}

Status Folder::write(std::string_view name, std::string_view value) const {
  const std::filesystem::path path = path_ / name;
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (!file.is_open()) return failed(path, "opened for writing", errno);
  if (::write(file.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size())) return {};
  return failed(path, fmt::format("set to '{}'", value), errno);
}

std::vector<std::string> Folder::names(std::string_view prefix) const {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path_, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name.starts_with(prefix)) names.push_back(std::move(name));
  }
  std::ranges::sort(names, {}, number_at_end);
  return names;
}

std::optional<std::string> Folder::link(std::string_view name) const {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(path_ / name, error);
  return error ? std::nullopt : std::optional(target.filename().string());
}

}  // namespace joulemark::linux_system
