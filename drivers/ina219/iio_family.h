// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/registry.h>
#include <drivers/transport/linux/folder.h>

#include <vector>

namespace joulemark::ina219 {

// "iio:ina219" (the only one), "iio:device1": INA219s read by the kernel's ina2xx-adc driver.
[[nodiscard]] InstrumentFamily iio_family();

// Those, and the ones that the kernel was told of but has no driver or another driver for.
[[nodiscard]] std::vector<DeviceListing> list_iio(const linux_system::Roots& roots = {});

// The device that a place names: "" and "ina219" the only one. Errors: no_instrument (with what to do),
// usage (several).
[[nodiscard]] Result<std::string> find_iio(const std::string& place, const linux_system::Roots& roots = {});

}  // namespace joulemark::ina219
