// SPDX-License-Identifier: Apache-2.0
// The kernel's text files, one value each: /sys/bus/iio/devices/iio:device0/name.
#pragma once

#include <analysis/model/result.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark::linux_system {

// Where the kernel shows its devices; a test shows others.
struct Roots {
  std::filesystem::path sys = "/sys";
  std::filesystem::path dev = "/dev";
};

class Folder {
 public:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool exists(std::string_view name) const;

  // Without the blanks at its end. Errors: no_instrument (not there), busy (not permitted, or the kernel says
  // so), io.
  [[nodiscard]] Result<std::string> read(std::string_view name) const;
  [[nodiscard]] Status write(std::string_view name, std::string_view value) const;

  // The names in it that start so, in order ("i2c-2" before "i2c-10"); none when there is no such folder.
  [[nodiscard]] std::vector<std::string> names(std::string_view prefix) const;

  // The last part of where a symbolic link leads ("driver" -> "ina2xx-adc"); none when there is no such link.
  [[nodiscard]] std::optional<std::string> link(std::string_view name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace joulemark::linux_system
