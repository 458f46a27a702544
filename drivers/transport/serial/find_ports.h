// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace joulemark::serial {

struct FoundPort {
  std::string path;       // "/dev/ttyACM0"
  bool permitted = true;  // this user may read and write it
  bool in_use = false;    // by a process that locks it, as ours do
};

// The serial ports of USB devices of that vendor, by name. Looks in sysfs alone: opening a port could reset
// what is behind it. Elsewhere than on Linux there are none.
[[nodiscard]] std::vector<FoundPort> find_ports(std::uint16_t vendor_id,
                                                const std::filesystem::path& ttys = "/sys/class/tty");

// Whether some process holds a lock (flock) on that file, by the kernel's list: without opening it.
[[nodiscard]] bool is_locked(const std::string& path);

}  // namespace joulemark::serial
