// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>

#include <filesystem>

namespace joulemark::probe {

// probe:/dev/ttyUSB0 and probe:tcp://host:port
[[nodiscard]] InstrumentFamily probe_family();

// Serial ports behind which a probe may be. Looks in sysfs alone: opening a port resets many boards.
[[nodiscard]] std::vector<DeviceListing> list_ports(const std::filesystem::path& ttys = "/sys/class/tty");

}  // namespace joulemark::probe
