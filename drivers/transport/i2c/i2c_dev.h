// SPDX-License-Identifier: Apache-2.0
// Linux's I2C adapters (i2c-dev).
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/i2c/register_bus.h>
#include <drivers/transport/linux/folder.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace joulemark::i2c {

// The device at a 7-bit address on the adapter whose node that is ("/dev/i2c-1"). Nothing is sent yet. The
// address is taken for this process: a second recording of it is refused. Adapters that only speak SMBus will
// do. Errors, with what to do: no_instrument (no such adapter, or no driver for it), busy (not permitted, a
// kernel driver or another process has the address), usage (not an adapter's node).
[[nodiscard]] Result<std::unique_ptr<RegisterBus>> open(const std::string& path, std::uint8_t address,
                                                        const linux_system::Roots& roots = {});

struct Adapter {
  std::string path;  // "/dev/i2c-1"
  std::string name;  // "bcm2835 (i2c@7e804000)"
  std::optional<Error> trouble;
};

// Every adapter that the kernel knows, by its number; what keeps this user from opening it is its trouble.
[[nodiscard]] std::vector<Adapter> adapters(const linux_system::Roots& roots = {});

// A kernel driver's name, or that of the device it waits for ("ina219"), where the kernel was told of a
// device at that address.
struct KernelClient {
  std::string device;
  std::optional<std::string> driver;
};
[[nodiscard]] std::optional<KernelClient> kernel_client(const std::string& path, std::uint8_t address,
                                                        const linux_system::Roots& roots = {});

}  // namespace joulemark::i2c
