// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/usb/handles.h>
#include <drivers/transport/usb/packet_ring.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace joulemark::usb {

// Keeps several transfers in flight on a bulk IN endpoint, each resubmitted as soon as it completes, and puts
// what they bring into a ring. One thread completes them; it takes no lock of ours, allocates nothing and
// does no I/O besides the transfers. (A control request of the owner may complete transfers too while it
// waits; libusb lets only one thread do so at a time.)
class BulkStream {
 public:
  // Context and handle outlive it. start, stop and destruction by one thread.
  BulkStream(libusb_context* context, libusb_device_handle* handle, std::uint8_t endpoint);
  ~BulkStream();
  BulkStream(const BulkStream&) = delete;
  BulkStream& operator=(const BulkStream&) = delete;

  // Errors: protocol, busy.
  [[nodiscard]] Status start();

  // Cancels what is in flight and waits until it has come back, k_patience at most: transfers that the kernel
  // still holds then are left to it, never freed.
  void stop();

  [[nodiscard]] PacketRing& ring() { return ring_; }
  [[nodiscard]] bool unplugged() const { return unplugged_.load(std::memory_order_acquire); }
  // Nothing more will come.
  [[nodiscard]] bool ended() const { return in_flight_.load(std::memory_order_acquire) == 0; }

 private:
  struct Transfer {
    BulkStream* stream = nullptr;
    libusb_transfer* transfer = nullptr;
    bool flying = false;
    std::array<unsigned char, k_packet_bytes> buffer{};
    ~Transfer() { libusb_free_transfer(transfer); }
  };

  static void LIBUSB_CALL completed(libusb_transfer* transfer);
  void take(Transfer& transfer);
  [[nodiscard]] bool go_on(const libusb_transfer& transfer);
  [[nodiscard]] int submit(Transfer& transfer);
  void handle_events();
  void abandon();

  static constexpr std::size_t k_transfers = 128;      // 77 ms of a Monsoon, which itself holds 3.2 ms
  static constexpr std::size_t k_ring_packets = 8192;  // 4.9 s of a Monsoon
  static constexpr int k_most_errors = 64;             // in a row

  libusb_context* context_;
  libusb_device_handle* handle_;
  std::uint8_t endpoint_;
  PacketRing ring_{k_ring_packets};
  std::vector<std::unique_ptr<Transfer>> transfers_;
  int errors_ = 0;  // in a row
  std::atomic<int> in_flight_{0};
  std::atomic<bool> unplugged_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace joulemark::usb
