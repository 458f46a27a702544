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
};

// The serial ports of USB devices of that vendor, by name. Looks in sysfs alone: opening a port could reset
// what is behind it. Elsewhere than on Linux there are none.
[[nodiscard]] std::vector<FoundPort> find_ports(std::uint16_t vendor_id,
                                                const std::filesystem::path& ttys = "/sys/class/tty");

}  // namespace joulemark::serial
