// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usb/claimed_device.h>
#include <drivers/transport/usb/handles.h>
#include <drivers/transport/usb/usb.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark::usb {
namespace {

std::optional<libusb_device_descriptor> descriptor_of(libusb_device* device) {
  libusb_device_descriptor descriptor{};
  if (libusb_get_device_descriptor(device, &descriptor) != 0) return std::nullopt;
  return descriptor;
}

Result<HandlePtr> open_handle(libusb_device* device) {
  libusb_device_handle* handle = nullptr;
  if (const int code = libusb_open(device, &handle); code != 0) {
    const auto where = fmt::format("opening /dev/bus/usb/{:03}/{:03}", libusb_get_bus_number(device),
                                   libusb_get_device_address(device));
    return tl::make_unexpected(error_from(code, where));
  }
  return HandlePtr(handle);
}

Found look_at(libusb_device* device, const libusb_device_descriptor& descriptor) {
  Found found{{descriptor.idVendor, descriptor.idProduct},
              libusb_get_bus_number(device),
              libusb_get_device_address(device),
              {},
              {}};
  const auto handle = open_handle(device);
  if (!handle) {
    found.trouble = handle.error();
    return found;
  }
  found.serial = serial_of(handle->get(), descriptor);
  if (const Status claimable = can_claim(handle->get()); !claimable) found.trouble = claimable.error();
  return found;
}

struct Candidate {
  HandlePtr handle;
  std::string serial;
};

std::string serials(const std::vector<Candidate>& candidates) {
  std::string text;
  for (const Candidate& each : candidates)
    text += (text.empty() ? "" : ", ") + each.serial;
  return text;
}

}  // namespace

Result<std::vector<Found>> find(std::span<const Id> ids) {
  JM_TRY_ASSIGN(const ContextPtr context, make_context());
  JM_TRY_ASSIGN(const std::vector<DevicePtr> devices, all_devices(context.get()));
  std::vector<Found> found;
  for (const DevicePtr& device : devices) {
    const auto descriptor = descriptor_of(device.get());
    if (!descriptor) continue;
    if (std::ranges::find(ids, Id{descriptor->idVendor, descriptor->idProduct}) == ids.end()) continue;
    found.push_back(look_at(device.get(), *descriptor));
  }
  return found;
}

Result<std::unique_ptr<Device>> open(const Id& id, const std::string& serial) {
  OpenDevice chosen;
  JM_TRY_ASSIGN(chosen.context, make_context());
  JM_TRY_ASSIGN(std::vector<DevicePtr> devices, all_devices(chosen.context.get()));
  std::vector<Candidate> candidates;
  std::optional<Error> trouble;
  for (const DevicePtr& device : devices) {
    const auto descriptor = descriptor_of(device.get());
    if (!descriptor || Id{descriptor->idVendor, descriptor->idProduct} != id) continue;
    auto handle = open_handle(device.get());
    if (!handle) {
      trouble = handle.error();
      continue;
    }
    std::string its_serial = serial_of(handle->get(), *descriptor);
    if (serial.empty() || serial == its_serial) candidates.push_back({std::move(*handle), its_serial});
  }
  if (candidates.empty() && trouble) return tl::make_unexpected(*trouble);
  if (candidates.empty()) return fail(ErrorCode::no_instrument, "no such device is attached");
  if (candidates.size() > 1) {
    return fail(ErrorCode::usage, fmt::format("{} units are attached; choose one by ?serial= ({})",
                                              candidates.size(), serials(candidates)));
  }
  chosen.handle = std::move(candidates.front().handle);
  devices.clear();  // before the context can go
  JM_TRY_ASSIGN(auto claimed, ClaimedDevice::claim(std::move(chosen)));
  return std::unique_ptr<Device>(std::move(claimed));
}

}  // namespace joulemark::usb
