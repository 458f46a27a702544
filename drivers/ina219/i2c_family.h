// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>
#include <drivers/transport/linux/folder.h>

namespace joulemark::ina219 {

// "i2c:/dev/i2c-1?addr=0x40&shunt=0.1": INA219s read by us, over Linux's i2c-dev.
[[nodiscard]] InstrumentFamily i2c_family();

// Every I2C adapter, with the INA219s on it or the reason why there is none. Asks the 16 addresses that an
// INA219 can have for three registers, and writes none.
[[nodiscard]] std::vector<DeviceListing> list_i2c(const linux_system::Roots& roots = {});

}  // namespace joulemark::ina219
