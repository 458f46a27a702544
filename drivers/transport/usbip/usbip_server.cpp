// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usbip/usbip_server.h>
#include <drivers/transport/usbip/usbip_session.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace joulemark::usbip {

using boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;

namespace {

constexpr TimeNs k_tick_ns = 20'000'000;  // the device's time passes at least so often
constexpr std::size_t k_most_sessions = 16;

}  // namespace

class UsbipServer::Impl final : public UsbipHost {
 public:
  explicit Impl(UsbDevice& device) : device_(device), acceptor_(io_), timer_(io_) {}

  [[nodiscard]] Status open(std::uint16_t port) {
    const tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port);
    boost::system::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
    if (!error) return {};
    const bool busy =
        error == boost::asio::error::address_in_use || error == boost::asio::error::access_denied;
    return fail(
        busy ? ErrorCode::busy : ErrorCode::io,
        fmt::format("127.0.0.1:{}: {}; --port picks another port, 0 a free one", port, error.message()));
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  [[nodiscard]] TimeNs zero_ns() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(start_.time_since_epoch()).count();
  }

  void run(const std::stop_token& stop) {
    start_ = Clock::now();
    const std::stop_callback on_stop(stop, [this] { boost::asio::post(io_, [this] { close(); }); });
    accept();
    tick();
    io_.run();
  }

  [[nodiscard]] UsbDevice& device() override { return device_; }
  [[nodiscard]] TimeNs now_ns() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start_).count();
  }
  [[nodiscard]] TimeNs let_pass(TimeNs time_ns) override { return told_ns_ = std::max(told_ns_, time_ns); }

  [[nodiscard]] bool attach(UsbipSession& session) override {
    if (attached_ == nullptr) attached_ = &session;
    return attached_ == &session;
  }

  void closed(UsbipSession& session) override {
    if (attached_ == &session) attached_ = nullptr;
    std::erase_if(sessions_, [&](const auto& each) { return each.get() == &session; });
  }

  void wait_for_device() override {
    const TimeNs latest_ns = now_ns() + k_tick_ns;
    wait_until(std::min(latest_ns, device_.bulk_in_ready_ns().value_or(latest_ns)));
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!error && sessions_.size() < k_most_sessions) {
        sessions_.push_back(std::make_shared<UsbipSession>(std::move(socket), *this));
        sessions_.back()->start();
      }
      accept();
    });
  }

  void tick() {
    wait_until(now_ns() + k_tick_ns);
    if (attached_ != nullptr) attached_->pump();  // may bring that forward
    const bool plugged = device_.advance(let_pass(now_ns()));
    const auto sessions = sessions_;  // closing one takes it off the list
    for (const auto& session : sessions) {
      if (session->overdue()) session->close();
      if (!plugged && session.get() == attached_) session->leave();
    }
  }

  void wait_until(TimeNs time_ns) {
    timer_.expires_at(start_ + std::chrono::nanoseconds(time_ns));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error && acceptor_.is_open()) tick();
    });
  }

  void close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel(ignored);
    const auto sessions = sessions_;
    for (const auto& session : sessions)
      session->close();
  }

  UsbDevice& device_;
  boost::asio::io_context io_{1};
  tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  Clock::time_point start_ = Clock::now();
  TimeNs told_ns_ = 0;
  std::vector<std::shared_ptr<UsbipSession>> sessions_;
  UsbipSession* attached_ = nullptr;
};

UsbipServer::UsbipServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
UsbipServer::~UsbipServer() = default;

Result<std::unique_ptr<UsbipServer>> UsbipServer::listen(UsbDevice& device, std::uint16_t port) {
  auto impl = std::make_unique<Impl>(device);
  JM_TRY(impl->open(port));
  return std::unique_ptr<UsbipServer>(new UsbipServer(std::move(impl)));
}

std::uint16_t UsbipServer::port() const {
  return impl_->port();
}

TimeNs UsbipServer::zero_ns() const {
  return impl_->zero_ns();
}

void UsbipServer::run(const std::stop_token& stop) {
  impl_->run(stop);
}

}  // namespace joulemark::usbip
