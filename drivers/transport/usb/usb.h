// SPDX-License-Identifier: Apache-2.0
// Finding and claiming USB devices. Only devices with the ids asked for are ever opened.
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/usb/device.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark::usb {

struct Id {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  bool operator==(const Id&) const = default;
};

struct Found {
  Id id;
  int bus = 0;
  int address = 0;
  std::string serial;            // "" when it has none or could not be asked
  std::optional<Error> trouble;  // why it cannot be claimed now: busy or protocol
};

// Looks without changing anything. Errors: io when there is no USB here.
[[nodiscard]] Result<std::vector<Found>> find(std::span<const Id> ids);

// The one device with that id and, unless "", that serial number, claimed. Errors: no_instrument, busy
// (permission or in use), usage when several match, protocol, io.
[[nodiscard]] Result<std::unique_ptr<Device>> open(const Id& id, const std::string& serial);

}  // namespace joulemark::usb
