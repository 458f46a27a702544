// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>
#include <drivers/transport/linux/folder.h>

#include <string_view>
#include <vector>

namespace joulemark::ina219 {

// "i2c:/dev/i2c-1?addr=0x40&shunt=0.1": INA219s read by us, over Linux's i2c-dev.
[[nodiscard]] InstrumentFamily i2c_family();

// Every I2C adapter, with the INA219s on it or the reason why there is none. Asks the 16 addresses that an
// INA219 can have for three registers, and writes none; adapters that a computer has for itself (see
// is_internal) are not asked.
[[nodiscard]] std::vector<DeviceListing> list_i2c(const linux_system::Roots& roots = {});

// Whether an adapter of that name is the SMBus of a computer's main board or belongs to a display driver:
// what is there (memory modules, clocks, monitors) is nothing to do with us, and not all of it bears being
// asked.
[[nodiscard]] bool is_internal(std::string_view adapter);

}  // namespace joulemark::ina219
