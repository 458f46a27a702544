// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usbip/usbip_wire.h>

#include <algorithm>

namespace joulemark::usbip {
namespace {

constexpr std::uint16_t k_version = 0x0111;
constexpr std::uint16_t k_list_reply = 0x0005;
constexpr std::uint16_t k_import_reply = 0x0003;
constexpr std::uint32_t k_submit_reply = 3;
constexpr std::uint32_t k_unlink_reply = 4;
constexpr std::uint32_t k_full_speed = 2;
constexpr std::size_t k_path_size = 256;
constexpr std::string_view k_path = "/sys/devices/joulemark/usb1/1-1";

class Writer {
 public:
  template <typename Number>
  Writer& put(Number value) {
    for (std::size_t i = sizeof(Number); i-- > 0;)
      bytes_.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i)));
    return *this;
  }

  Writer& text(std::string_view value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes_.push_back(i < value.size() ? static_cast<std::byte>(value[i]) : std::byte{0});
    return *this;
  }

  Writer& append(std::span<const std::byte> data) {
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    return *this;
  }

  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

std::uint32_t big(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes.subspan(at, size))
    value = value << 8U | std::to_integer<std::uint32_t>(byte);
  return value;
}

std::uint16_t little16(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) |
                                    std::to_integer<unsigned>(bytes[at + 1]) << 8U);
}

Writer operation(std::uint16_t code, UsbipStatus status) {
  Writer writer;
  writer.put(k_version).put(code).put(static_cast<std::uint32_t>(status));
  return writer;
}

void put_device(Writer& writer, const UsbDescriptors& device) {
  writer.text(k_path, k_path_size).text(k_usbip_bus_id, k_usbip_bus_id_size);
  writer.put(std::uint32_t{1}).put(std::uint32_t{2}).put(k_full_speed);
  writer.put(device.vendor_id).put(device.product_id).put(device.device_version);
  // Class, subclass and protocol of the device, then configuration 1, of 1, with 1 interface.
  for (const int value : {0, 0, 0, 1, 1, 1})
    writer.put(static_cast<std::uint8_t>(value));
}

}  // namespace

std::optional<UsbipOperation> decode_operation(std::span<const std::byte, k_usbip_operation_size> bytes) {
  const auto code = static_cast<UsbipOperation>(big(bytes, 2, 2));
  if (big(bytes, 0, 2) != k_version) return std::nullopt;
  if (code != UsbipOperation::import && code != UsbipOperation::list) return std::nullopt;
  return code;
}

std::vector<std::byte> encode_list(const UsbDescriptors* device) {
  Writer writer = operation(k_list_reply, UsbipStatus::ok);
  writer.put(std::uint32_t{device != nullptr ? 1U : 0U});
  if (device != nullptr) {
    put_device(writer, *device);
    writer.put(device->interface_class).put(std::uint8_t{0}).put(std::uint8_t{0}).put(std::uint8_t{0});
  }
  return writer.take();
}

std::vector<std::byte> encode_import(UsbipStatus status, const UsbDescriptors& device) {
  Writer writer = operation(k_import_reply, status);
  if (status == UsbipStatus::ok) put_device(writer, device);
  return writer.take();
}

std::optional<UsbipCommand> decode_command(std::span<const std::byte, k_usbip_command_size> bytes) {
  UsbipCommand command;
  command.kind = static_cast<UsbipCommandKind>(big(bytes, 0, 4));
  command.sequence = big(bytes, 4, 4);
  command.to_host = big(bytes, 12, 4) != 0;
  command.endpoint = big(bytes, 16, 4);
  if (command.kind == UsbipCommandKind::unlink) {
    command.unlinked = big(bytes, 20, 4);
    return command;
  }
  if (command.kind != UsbipCommandKind::submit) return std::nullopt;
  command.length = big(bytes, 24, 4);
  command.setup = {std::to_integer<std::uint8_t>(bytes[40]), std::to_integer<std::uint8_t>(bytes[41]),
                   little16(bytes, 42), little16(bytes, 44), little16(bytes, 46)};
  return command;
}

std::vector<std::byte> encode_submit_reply(std::uint32_t sequence, int status, std::size_t actual_length,
                                           std::span<const std::byte> data) {
  Writer writer;
  writer.put(k_submit_reply).put(sequence).put(std::uint32_t{0}).put(std::uint32_t{0}).put(std::uint32_t{0});
  writer.put(static_cast<std::uint32_t>(status)).put(static_cast<std::uint32_t>(actual_length));
  writer.text({}, 20).append(data);  // start frame, packets, errors, padding: for isochronous transfers
  return writer.take();
}

std::vector<std::byte> encode_unlink_reply(std::uint32_t sequence, int status) {
  Writer writer;
  writer.put(k_unlink_reply).put(sequence).put(std::uint32_t{0}).put(std::uint32_t{0}).put(std::uint32_t{0});
  writer.put(static_cast<std::uint32_t>(status)).text({}, 24);
  return writer.take();
}

}  // namespace joulemark::usbip
