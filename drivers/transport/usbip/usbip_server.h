// SPDX-License-Identifier: Apache-2.0
// Puts a UsbDevice on a virtual bus: a USB/IP server on loopback, to which Linux attaches (vhci-hcd) with
// `usbip attach -r 127.0.0.1 -b 1-1`.
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/usbip/usb_device.h>

#include <cstdint>
#include <memory>
#include <stop_token>

namespace joulemark::usbip {

// One client at a time has the device; it may detach and attach again. A device that leaves the bus takes its
// client's connection with it.
//
// Everything happens on the thread of run: an URB is taken off the list and its reply queued in one step, so
// an unlink finds it in the list or its reply already before its own.
class UsbipServer {
 public:
  // port 0: any free one. The device outlives the server. Errors: busy (port in use), io.
  [[nodiscard]] static Result<std::unique_ptr<UsbipServer>> listen(UsbDevice& device, std::uint16_t port);

  UsbipServer(const UsbipServer&) = delete;
  UsbipServer& operator=(const UsbipServer&) = delete;
  ~UsbipServer();

  [[nodiscard]] std::uint16_t port() const;

  // What the steady clock shows at the device's time 0; during run.
  [[nodiscard]] TimeNs zero_ns() const;

  // Serves until stop is requested, on the calling thread; once. Time for the device starts here.
  void run(const std::stop_token& stop);

 private:
  class Impl;
  explicit UsbipServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace joulemark::usbip
