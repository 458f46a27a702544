// SPDX-License-Identifier: Apache-2.0
// Linux's industrial I/O devices by /sys and /dev, without a library.
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/iio/record_source.h>
#include <drivers/transport/iio/scan_layout.h>
#include <drivers/transport/linux/folder.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark::iio {

// The devices that the kernel has, as "iio:device0" and so on, with that name ("ina219").
[[nodiscard]] std::vector<std::string> devices_named(std::string_view name,
                                                     const linux_system::Roots& roots = {});

// Settings that are changed through it are put back when it goes. Errors as Folder has them.
class Device {
 public:
  // id: "iio:device0".
  explicit Device(const std::string& id, const linux_system::Roots& roots = {});
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device();

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const linux_system::Folder& attributes() const { return folder_; }
  [[nodiscard]] Status set(std::string_view attribute, std::string_view value);

  // Enables exactly those elements and says how records look. Errors: busy while somebody's buffer runs.
  [[nodiscard]] Result<ScanLayout> select(std::span<const std::string_view> elements);

  // Starts the buffer; length is the kernel's queue, in records; patience: without a record for so long, the
  // device counts as silent when the buffer is to be stopped (a busy computer is silent for a second).
  // Errors: busy (not permitted, or another process reads it), protocol.
  [[nodiscard]] Result<std::unique_ptr<RecordSource>> start(
      const ScanLayout& layout, std::size_t length,
      std::chrono::milliseconds patience = std::chrono::seconds{10});

 private:
  struct Setting {
    std::string attribute;
    std::string value;
  };

  std::string id_;
  linux_system::Folder folder_;
  std::string node_;
  std::vector<Setting> found_;  // before it was changed
};

}  // namespace joulemark::iio
