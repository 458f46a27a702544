// SPDX-License-Identifier: Apache-2.0
// A claimed USB device as drivers see it. Implemented over libusb (see usb.h) and, in memory, by tests.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace joulemark::usb {

inline constexpr std::size_t k_packet_bytes = 64;

// What one bulk transfer of up to 64 bytes brought.
struct Packet {
  std::array<std::byte, k_packet_bytes> bytes;
  std::size_t size = 0;
  TimeNs arrival_ns = 0;    // steady clock, when the transfer was found completed, up to 4 ms later
  std::int64_t missed = 0;  // packets just before it that were dropped here since nobody fetched them in time
};

// A vendor request to the device as a whole.
struct Request {
  std::uint8_t request = 0;
  std::uint16_t value = 0;
  std::uint16_t index = 0;
};

// Calls from one thread at a time. Destruction stops the stream and gives the device back; it cannot hang on
// a device that has gone.
class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  // Errors of both: protocol (refused, timed out, unplugged).
  [[nodiscard]] virtual Status control_out(const Request& request, std::span<const std::byte> data) = 0;
  // How many bytes came.
  [[nodiscard]] virtual Result<std::size_t> control_in(const Request& request, std::span<std::byte> into) = 0;

  // Begins to fetch packets from a bulk IN endpoint; they wait until read. Once. Errors: protocol.
  [[nodiscard]] virtual Status start_stream(std::uint8_t endpoint) = 0;

  // The oldest packets not yet read, in order; waits for the first one. 0: none came in time. Errors:
  // protocol once everything is read and nothing more can come (unplugged or broken).
  [[nodiscard]] virtual Result<std::size_t> read(std::span<Packet> into,
                                                 std::chrono::milliseconds timeout) = 0;

  // It left the bus, as far as any call above has noticed.
  [[nodiscard]] virtual bool unplugged() const = 0;
};

}  // namespace joulemark::usb
