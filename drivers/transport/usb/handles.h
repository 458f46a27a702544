// SPDX-License-Identifier: Apache-2.0
// libusb's resources as move-only values. Only for the sources of this folder.
#pragma once

#include <analysis/model/result.h>

#include <libusb.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark::usb {

struct ContextCloser {
  void operator()(libusb_context* context) const { libusb_exit(context); }
};
struct HandleCloser {
  void operator()(libusb_device_handle* handle) const { libusb_close(handle); }
};
struct DeviceUnref {
  void operator()(libusb_device* device) const { libusb_unref_device(device); }
};
using ContextPtr = std::unique_ptr<libusb_context, ContextCloser>;
using HandlePtr = std::unique_ptr<libusb_device_handle, HandleCloser>;
using DevicePtr = std::unique_ptr<libusb_device, DeviceUnref>;

// A handle with the context it lives in.
struct OpenDevice {
  ContextPtr context;
  HandlePtr handle;  // closed first
};

// libusb's code as ours: ACCESS and BUSY are busy, NOT_FOUND is no_instrument, anything else protocol.
[[nodiscard]] Error error_from(int code, std::string_view doing);

// Errors: io.
[[nodiscard]] Result<ContextPtr> make_context();

// All devices on all buses. Errors: io.
[[nodiscard]] Result<std::vector<DevicePtr>> all_devices(libusb_context* context);

// The serial number string; "" when the device has none or does not answer.
[[nodiscard]] std::string serial_of(libusb_device_handle* handle, const libusb_device_descriptor& descriptor);

}  // namespace joulemark::usb
