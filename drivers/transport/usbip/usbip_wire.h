// SPDX-License-Identifier: Apache-2.0
// The bytes of USB/IP 1.1.1 (Documentation/usb/usbip_protocol.rst of the Linux kernel): big-endian
// throughout.
#pragma once

#include <drivers/transport/usbip/usb_device.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace joulemark::usbip {

inline constexpr std::string_view k_usbip_bus_id = "1-1";
inline constexpr std::size_t k_usbip_operation_size = 8;
inline constexpr std::size_t k_usbip_bus_id_size = 32;
inline constexpr std::size_t k_usbip_command_size = 48;

enum class UsbipOperation : std::uint16_t { import = 0x8003, list = 0x8005 };
enum class UsbipStatus : std::uint32_t { ok = 0, busy = 2, no_device = 4 };

// What a client asks before a device is its own. None: not USB/IP of this version.
[[nodiscard]] std::optional<UsbipOperation> decode_operation(
    std::span<const std::byte, k_usbip_operation_size> bytes);

// device: null where there is none.
[[nodiscard]] std::vector<std::byte> encode_list(const UsbDescriptors* device);
[[nodiscard]] std::vector<std::byte> encode_import(UsbipStatus status, const UsbDescriptors& device);

enum class UsbipCommandKind : std::uint32_t { submit = 1, unlink = 2 };

struct UsbipCommand {
  UsbipCommandKind kind = UsbipCommandKind::submit;
  std::uint32_t sequence = 0;
  std::uint32_t endpoint = 0;
  bool to_host = false;
  std::uint32_t length = 0;  // of the transfer buffer; follows the command when not to_host
  UsbSetup setup;
  std::uint32_t unlinked = 0;  // sequence of the submit that an unlink takes back
};

// None: no such command.
[[nodiscard]] std::optional<UsbipCommand> decode_command(
    std::span<const std::byte, k_usbip_command_size> bytes);

// data: what goes to the host; actual_length its size, or how much was taken from it.
[[nodiscard]] std::vector<std::byte> encode_submit_reply(std::uint32_t sequence, int status,
                                                         std::size_t actual_length,
                                                         std::span<const std::byte> data);
[[nodiscard]] std::vector<std::byte> encode_unlink_reply(std::uint32_t sequence, int status);

}  // namespace joulemark::usbip
