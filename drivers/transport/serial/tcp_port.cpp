// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/serial/asio_stream.h>
#include <drivers/transport/serial/tcp_port.h>

#include <fmt/format.h>

namespace joulemark::serial {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr std::chrono::milliseconds k_connect_timeout{2000};
constexpr std::chrono::milliseconds k_look_for_stop{20};

struct Address {
  std::string host;
  std::string port;
};

Result<Address> split(const std::string& text) {
  const auto colon = text.rfind(':');
  Address address;
  if (colon != std::string::npos) address = {text.substr(0, colon), text.substr(colon + 1)};
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  const bool number =
      !address.port.empty() && address.port.find_first_not_of("0123456789") == std::string::npos;
  if (!address.host.empty() && number) return address;
  return fail(ErrorCode::usage,
              fmt::format("'{}' is no address; it is written host:port, like 127.0.0.1:5000", text));
}

class TcpPort final : public AsioStream<tcp::socket> {
 public:
  TcpPort() : AsioStream("the connection") {}

  Status open(const Address& address, const std::stop_token& stop) {
    Code code;
    tcp::resolver resolver(context_);
    const auto found = resolver.resolve(address.host, address.port, code);
    if (code) return fail(ErrorCode::no_instrument, fmt::format("{}: {}", address.host, code.message()));
    std::optional<Code> done;
    asio::async_connect(stream_, found, [&](const Code& result, const tcp::endpoint&) { done = result; });
    for (auto left = k_connect_timeout; left.count() > 0 && !done && !stop.stop_requested();) {
      context_.restart();
      context_.run_for(k_look_for_stop);
      left -= k_look_for_stop;
    }
    run_until(done, {});
    if (*done) {
      const bool late = *done == asio::error::operation_aborted;
      return fail(ErrorCode::no_instrument,
                  fmt::format("nothing answers at {} port {} ({})", address.host, address.port,
                              late ? "no answer in 2 s" : done->message()));
    }
    stream_.set_option(tcp::no_delay(true), code);
    return {};
  }
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_tcp(const std::string& address, const std::stop_token& stop) {
  JM_TRY_ASSIGN(const Address parts, split(address));
  auto port = std::make_unique<TcpPort>();
  JM_TRY(port->open(parts, stop));
  return std::unique_ptr<ByteStream>(std::move(port));
}

}  // namespace joulemark::serial
