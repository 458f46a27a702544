// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usb/handles.h>

#include <fmt/format.h>

#include <array>

namespace joulemark::usb {

Error error_from(int code, std::string_view doing) {
  switch (code) {
    case LIBUSB_ERROR_ACCESS:
      return {ErrorCode::busy, fmt::format("{}: not permitted for this user", doing)};
    case LIBUSB_ERROR_BUSY:
      return {ErrorCode::busy, fmt::format("{}: in use by another process", doing)};
    case LIBUSB_ERROR_NO_DEVICE:
      return {ErrorCode::protocol, fmt::format("{}: it was unplugged", doing)};
    case LIBUSB_ERROR_NOT_FOUND:
      return {ErrorCode::no_instrument, fmt::format("{}: not found", doing)};
    case LIBUSB_ERROR_PIPE:
      return {ErrorCode::protocol, fmt::format("{}: refused by the device", doing)};
    case LIBUSB_ERROR_TIMEOUT:
      return {ErrorCode::protocol, fmt::format("{}: no answer in time", doing)};
    default:
      return {ErrorCode::protocol, fmt::format("{}: {}", doing, libusb_strerror(code))};
  }
}

Result<ContextPtr> make_context() {
  libusb_context* context = nullptr;
  if (const int code = libusb_init(&context); code != 0) {
    return fail(ErrorCode::io, fmt::format("USB cannot be used here: {}", libusb_strerror(code)));
  }
  return ContextPtr(context);
}

Result<std::vector<DevicePtr>> all_devices(libusb_context* context) {
  libusb_device** list = nullptr;
  const ssize_t count = libusb_get_device_list(context, &list);
  if (count < 0) {
    return fail(ErrorCode::io,
                fmt::format("cannot list USB devices: {}", libusb_strerror(static_cast<int>(count))));
  }
  std::vector<DevicePtr> devices;
  for (ssize_t i = 0; i < count; ++i)
    devices.emplace_back(list[i]);
  libusb_free_device_list(list, 0);
  return devices;
}

std::string serial_of(libusb_device_handle* handle, const libusb_device_descriptor& descriptor) {
  std::array<unsigned char, 128> text{};
  if (descriptor.iSerialNumber == 0) return {};
  const int length = libusb_get_string_descriptor_ascii(handle, descriptor.iSerialNumber, text.data(),
                                                        static_cast<int>(text.size()));
  return length > 0 ? std::string(text.begin(), text.begin() + length) : std::string();
}

}  // namespace joulemark::usb
