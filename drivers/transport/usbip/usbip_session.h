// SPDX-License-Identifier: Apache-2.0
// One client of the USB/IP server. Internal to the server: the only header here that knows Asio.
#pragma once

#include <drivers/transport/usbip/usb_device.h>
#include <drivers/transport/usbip/usbip_wire.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace joulemark::usbip {

class UsbipSession;

// What a session needs of its server.
class UsbipHost {
 public:
  UsbipHost() = default;
  UsbipHost(const UsbipHost&) = delete;
  UsbipHost& operator=(const UsbipHost&) = delete;
  virtual ~UsbipHost() = default;

  [[nodiscard]] virtual UsbDevice& device() = 0;
  [[nodiscard]] virtual TimeNs now_ns() const = 0;
  // That time, or the latest one that the device has been told: its time never runs back.
  [[nodiscard]] virtual TimeNs let_pass(TimeNs time_ns) = 0;
  [[nodiscard]] virtual bool attach(UsbipSession& session) = 0;  // false: another one has the device
  virtual void closed(UsbipSession& session) = 0;
  virtual void wait_for_device() = 0;  // to call pump when the device may have something
};

class UsbipSession : public std::enable_shared_from_this<UsbipSession> {
 public:
  // The host outlives the session.
  UsbipSession(boost::asio::ip::tcp::socket socket, UsbipHost& host)
      : socket_(std::move(socket)), host_(host), opened_ns_(host.now_ns()) {}

  void start();
  void pump();   // hands out what the bulk IN endpoint has
  void close();  // may be called twice
  void leave();  // the device has left the bus: what it gave before still goes out
  // Has neither asked for a device nor left in five seconds.
  [[nodiscard]] bool overdue() const;

 private:
  struct BulkIn {
    std::uint32_t sequence = 0;
    std::size_t length = 0;
    std::vector<std::byte> data;
  };

  // Reads exactly size bytes into input_, then goes on with next; an error closes.
  void read(std::size_t size, void (UsbipSession::*next)());
  void on_operation();
  void on_import();
  void read_command();
  void on_command();
  void on_data();
  void submit(std::span<const std::byte> data);
  void submit_bulk_in();
  void unlink();
  void reply(std::vector<std::byte> bytes);
  void reply_last(std::vector<std::byte> bytes);
  void write();

  boost::asio::ip::tcp::socket socket_;
  UsbipHost& host_;
  TimeNs opened_ns_;
  std::vector<std::byte> input_;
  UsbipCommand command_;
  std::deque<BulkIn> bulk_in_;  // in the order they came
  std::vector<std::byte> output_;
  std::vector<std::byte> writing_;
  bool attached_ = false;
  bool waiting_to_read_ = false;  // until the output has gone
  bool last_ = false;             // close when the output has gone
};

}  // namespace joulemark::usbip
