// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/transport/usb/bulk_stream.h>
#include <drivers/transport/usb/device.h>
#include <drivers/transport/usb/handles.h>

#include <memory>
#include <optional>

namespace joulemark::usb {

// Interface 0 of a device, claimed. No configuration is set when there is one (setting it again is what makes
// "resource busy" for others), and a kernel driver is detached only meanwhile.
class ClaimedDevice final : public Device {
 public:
  // Errors: busy, protocol.
  [[nodiscard]] static Result<std::unique_ptr<ClaimedDevice>> claim(OpenDevice device);

  explicit ClaimedDevice(OpenDevice device) : device_(std::move(device)) {}
  ~ClaimedDevice() override;

  [[nodiscard]] Status control_out(const Request& request, std::span<const std::byte> data) override;
  [[nodiscard]] Result<std::size_t> control_in(const Request& request, std::span<std::byte> into) override;
  [[nodiscard]] Status start_stream(std::uint8_t endpoint) override;
  [[nodiscard]] Result<std::size_t> read(std::span<Packet> into, std::chrono::milliseconds timeout) override;
  [[nodiscard]] bool unplugged() const override { return unplugged_ || (stream_ && stream_->unplugged()); }

 private:
  [[nodiscard]] Result<std::size_t> control(std::uint8_t type, const Request& request, unsigned char* data,
                                            std::size_t size);

  OpenDevice device_;
  std::optional<BulkStream> stream_;
  bool unplugged_ = false;
};

// Whether interface 0 could be claimed now; leaves everything as it is. Errors: busy, protocol.
[[nodiscard]] Status can_claim(libusb_device_handle* handle);

}  // namespace joulemark::usb
