// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usb/claimed_device.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>

namespace joulemark::usb {
namespace {

constexpr int k_interface = 0;
constexpr unsigned k_control_timeout_ms = 5000;  // as the vendor's library waits
constexpr std::uint8_t k_vendor_out = 0x40;
constexpr std::uint8_t k_vendor_in = 0xC0;
// How long the reader sleeps between looks at the ring: waking it for every packet would cost a lock.
constexpr std::chrono::milliseconds k_look_every{10};

// Others claim a device for a moment to list it.
int claim_patiently(libusb_device_handle* handle) {
  constexpr int k_tries = 10;
  constexpr std::chrono::milliseconds k_between{50};
  int code = libusb_claim_interface(handle, k_interface);
  for (int i = 1; code == LIBUSB_ERROR_BUSY && i < k_tries; ++i) {
    std::this_thread::sleep_for(k_between);
    code = libusb_claim_interface(handle, k_interface);
  }
  return code;
}

}  // namespace

Result<std::unique_ptr<ClaimedDevice>> ClaimedDevice::claim(OpenDevice device) {
  libusb_device_handle* handle = device.handle.get();
  libusb_set_auto_detach_kernel_driver(handle, 1);
  int configuration = 0;
  if (libusb_get_configuration(handle, &configuration) == 0 && configuration == 0) {
    if (const int code = libusb_set_configuration(handle, 1); code != 0) {
      return tl::make_unexpected(error_from(code, "configuring the device"));
    }
  }
  if (const int code = claim_patiently(handle); code != 0) {
    return tl::make_unexpected(error_from(code, "claiming the device"));
  }
  return std::make_unique<ClaimedDevice>(std::move(device));
}

Status can_claim(libusb_device_handle* handle) {
  if (libusb_kernel_driver_active(handle, k_interface) == 1) return {};  // would be detached
  int configuration = 0;
  if (libusb_get_configuration(handle, &configuration) == 0 && configuration == 0) return {};  // would be set
  if (const int code = libusb_claim_interface(handle, k_interface); code != 0) {
    return tl::make_unexpected(error_from(code, "claiming the device"));
  }
  libusb_release_interface(handle, k_interface);
  return {};
}

ClaimedDevice::~ClaimedDevice() {
  stream_.reset();
  libusb_release_interface(device_.handle.get(), k_interface);
}

Result<std::size_t> ClaimedDevice::control(std::uint8_t type, const Request& request, unsigned char* data,
                                           std::size_t size) {
  const int code =
      libusb_control_transfer(device_.handle.get(), type, request.request, request.value, request.index, data,
                              static_cast<std::uint16_t>(size), k_control_timeout_ms);
  if (code >= 0) return static_cast<std::size_t>(code);
  if (code == LIBUSB_ERROR_NO_DEVICE) unplugged_ = true;
  return tl::make_unexpected(error_from(code, fmt::format("request 0x{:02X} (value 0x{:04X}, index 0x{:04X})",
                                                          request.request, request.value, request.index)));
}

Status ClaimedDevice::control_out(const Request& request, std::span<const std::byte> data) {
  std::array<unsigned char, 64> copy{};
  if (data.size() > copy.size()) return fail(ErrorCode::internal, "control request too long");
  std::ranges::transform(data, copy.begin(), [](std::byte b) { return std::to_integer<unsigned char>(b); });
  JM_TRY_ASSIGN(const std::size_t sent, control(k_vendor_out, request, copy.data(), data.size()));
  if (sent == data.size()) return {};
  return fail(ErrorCode::protocol, "the device took only a part of a control request");
}

Result<std::size_t> ClaimedDevice::control_in(const Request& request, std::span<std::byte> into) {
  return control(k_vendor_in, request, reinterpret_cast<unsigned char*>(into.data()), into.size());
}

Status ClaimedDevice::start_stream(std::uint8_t endpoint) {
  stream_.emplace(device_.context.get(), device_.handle.get(), endpoint);
  return stream_->start();
}

Result<std::size_t> ClaimedDevice::read(std::span<Packet> into, std::chrono::milliseconds timeout) {
  if (!stream_) return fail(ErrorCode::internal, "reading before the stream was started");
  const auto give_up = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const bool ended = stream_->ended();  // looked at first: what came before the end is in the ring by then
    if (const std::size_t count = stream_->ring().pop(into); count > 0) return count;
    if (ended) {
      return fail(ErrorCode::protocol,
                  unplugged() ? "the device was unplugged" : "the device fails to send data");
    }
    if (std::chrono::steady_clock::now() >= give_up) return std::size_t{0};
    std::this_thread::sleep_for(k_look_every);
  }
}

}  // namespace joulemark::usb
