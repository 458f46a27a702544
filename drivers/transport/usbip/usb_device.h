// SPDX-License-Identifier: Apache-2.0
// A USB function as its bus sees it. Time is passed in: nanoseconds on any steady clock that never runs back.
#pragma once

#include <analysis/model/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark::usbip {

struct UsbSetup {
  std::uint8_t request_type = 0;  // 0x80: to the host
  std::uint8_t request = 0;
  std::uint16_t value = 0;
  std::uint16_t index = 0;
  std::uint16_t length = 0;

  [[nodiscard]] bool to_host() const { return (request_type & 0x80) != 0; }
  bool operator==(const UsbSetup&) const = default;
};

// status: 0, or minus a Linux errno as URBs carry it (-EPIPE is a stall).
struct UsbReply {
  int status = 0;
  std::vector<std::byte> data;
};

[[nodiscard]] UsbReply usb_stall();

// One configuration with one interface, alternate setting 0.
struct UsbDescriptors {
  struct Endpoint {
    std::uint8_t address = 0;  // 0x80: to the host
    std::uint16_t packet_size = 64;
    std::uint8_t interval_ms = 0;  // of an interrupt endpoint; 0: bulk
  };

  std::uint16_t vendor_id = 0;
  std::uint16_t product_id = 0;
  std::uint16_t device_version = 0;  // BCD
  std::uint8_t interface_class = 0xFF;
  std::vector<std::byte> class_descriptor;   // behind the interface's: of HID, say
  std::vector<std::byte> report_descriptor;  // HID
  std::vector<Endpoint> endpoints;           // at most one to the host and one from it, both number 1
  std::array<std::string, 3> strings;        // manufacturer, product, serial number; ASCII
};

// Answers GET_DESCRIPTOR, SET_CONFIGURATION and what else chapter 9 of USB 2.0 asks of every device; others
// stall.
[[nodiscard]] UsbReply answer_standard(const UsbDescriptors& descriptors, const UsbSetup& setup);

// A full-speed device. Calls come from one thread.
class UsbDevice {
 public:
  static constexpr std::size_t k_packet_size = 64;
  using Packet = std::array<std::byte, k_packet_size>;

  UsbDevice() = default;
  UsbDevice(const UsbDevice&) = delete;
  UsbDevice& operator=(const UsbDevice&) = delete;
  virtual ~UsbDevice() = default;

  [[nodiscard]] virtual const UsbDescriptors& descriptors() const = 0;

  // Lets time pass. False once it has left the bus.
  [[nodiscard]] virtual bool advance(TimeNs now_ns) = 0;

  // out: the data stage of a request to the device.
  [[nodiscard]] virtual UsbReply control(TimeNs now_ns, const UsbSetup& setup,
                                         std::span<const std::byte> out) = 0;

  // What the host sent to the OUT endpoint.
  virtual void data_out(TimeNs now_ns, std::span<const std::byte> data) {
    static_cast<void>(now_ns);
    static_cast<void>(data);
  }

  // What the IN endpoint, bulk or interrupt, has to give; none: it is not ready (NAK).
  [[nodiscard]] virtual std::optional<Packet> bulk_in(TimeNs now_ns) = 0;

  // When there will be, or was, a packet as far as is known now; after a NAK later than that. None: not
  // before a control request.
  [[nodiscard]] virtual std::optional<TimeNs> bulk_in_ready_ns() const = 0;
};

}  // namespace joulemark::usbip
