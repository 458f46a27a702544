// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/serial/asio_stream.h>
#include <drivers/transport/serial/serial_port.h>

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace joulemark::serial {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

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

class SerialPort final : public AsioStream<asio::serial_port> {
 public:
  SerialPort() : AsioStream("the serial port") {}

  Status open(const std::string& path, unsigned baud) {
    error_code code;
    stream_.open(path, code);
    if (!code) stream_.set_option(asio::serial_port::baud_rate(baud), code);
    using Flow = asio::serial_port::flow_control;
    if (!code) stream_.set_option(Flow(Flow::none), code);
    if (code) return tl::make_unexpected(open_error(path, code));
    if (::flock(stream_.native_handle(), LOCK_EX | LOCK_NB) != 0) {  // TIOCEXCL does not stop root
      return fail(ErrorCode::busy, fmt::format("{}: in use by another process", path));
    }
    ::ioctl(stream_.native_handle(), TIOCEXCL);
    ::tcflush(stream_.native_handle(), TCIOFLUSH);
    return {};
  }
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_port(const std::string& path, unsigned baud) {
  auto port = std::make_unique<SerialPort>();
  JM_TRY(port->open(path, baud));
  return std::unique_ptr<ByteStream>(std::move(port));
}

}  // namespace joulemark::serial
