// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/serial/serial_port.h>

#include <boost/asio.hpp>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <optional>

namespace joulemark::serial {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
constexpr std::chrono::seconds k_write_timeout{1};

Error open_error(const std::string& path, const error_code& code) {
  if (code == boost::system::errc::no_such_file_or_directory || code == boost::system::errc::no_such_device) {
    return {ErrorCode::no_instrument, fmt::format("{}: no such serial port", path)};
  }
  if (code == boost::system::errc::permission_denied) {
    return {ErrorCode::busy, fmt::format("{}: not permitted for this user; join the group dialout", path)};
  }
  if (code == boost::system::errc::device_or_resource_busy) {
    return {ErrorCode::busy, fmt::format("{}: in use by another process", path)};
  }
  return {ErrorCode::usage, fmt::format("{}: not a serial port ({})", path, code.message())};
}

class SerialPort final : public ByteStream {
 public:
  SerialPort() : port_(context_) {}

  Status open(const std::string& path, unsigned baud) {
    error_code code;
    port_.open(path, code);
    if (!code) port_.set_option(asio::serial_port::baud_rate(baud), code);
    using Flow = asio::serial_port::flow_control;
    if (!code) port_.set_option(Flow(Flow::none), code);
    if (code) return tl::make_unexpected(open_error(path, code));
    if (::flock(port_.native_handle(), LOCK_EX | LOCK_NB) != 0) {  // TIOCEXCL does not stop root
      return fail(ErrorCode::busy, fmt::format("{}: in use by another process", path));
    }
    ::ioctl(port_.native_handle(), TIOCEXCL);
    ::tcflush(port_.native_handle(), TCIOFLUSH);
    return {};
  }

  Status write(std::span<const std::byte> bytes) override {
    std::optional<error_code> done;
    asio::async_write(port_, asio::buffer(bytes.data(), bytes.size()),
                      [&](const error_code& code, std::size_t) { done = code; });
    run_until(done, k_write_timeout);
    if (!*done) return {};
    return fail(ErrorCode::protocol,
                lost(*done) ? "the serial port has gone" : "the serial port takes no data");
  }

  Result<std::size_t> read(std::span<std::byte> into, std::chrono::milliseconds timeout) override {
    std::optional<error_code> done;
    std::size_t count = 0;
    port_.async_read_some(asio::buffer(into.data(), into.size()),
                          [&](const error_code& code, std::size_t size) {
                            done = code;
                            count = size;
                          });
    run_until(done, timeout);
    if (lost(*done)) return fail(ErrorCode::protocol, "the serial port has gone");
    return count;
  }

  bool closed() const override { return closed_; }

 private:
  // Completed or cancelled when it returns.
  void run_until(const std::optional<error_code>& done, std::chrono::milliseconds timeout) {
    context_.restart();
    context_.run_for(timeout);
    if (done) return;
    error_code ignored;
    port_.cancel(ignored);
    context_.restart();
    context_.run();
  }
  bool lost(const error_code& code) {
    closed_ = closed_ || (code && code != asio::error::operation_aborted);
    return closed_;
  }

  asio::io_context context_;
  asio::serial_port port_;
  bool closed_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_port(const std::string& path, unsigned baud) {
  auto port = std::make_unique<SerialPort>();
  JM_TRY(port->open(path, baud));
  return std::unique_ptr<ByteStream>(std::move(port));
}

}  // namespace joulemark::serial
