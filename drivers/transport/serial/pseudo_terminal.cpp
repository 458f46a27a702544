// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/serial/pseudo_terminal.h>

#include <boost/asio.hpp>
#include <fmt/format.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace joulemark::serial {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
constexpr TimeNs k_tick_ns = 20'000'000;  // the device's time passes at least so often

}  // namespace

class PseudoTerminal::Impl {
 public:
  explicit Impl(SerialDevice& device) : device_(device), master_(io_), slave_(io_), timer_(io_) {}

  Status open() {
    int master = -1;
    int slave = -1;
    std::array<char, 128> name{};
    termios raw{};
    ::cfmakeraw(&raw);
    if (::openpty(&master, &slave, name.data(), &raw, nullptr) != 0)
      return fail(ErrorCode::io, fmt::format("no pseudo terminal: {}", std::strerror(errno)));
    master_.assign(master);
    slave_.assign(slave);  // kept open: a terminal without any user could not be written to
    path_ = name.data();
    return {};
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  void run(const std::stop_token& stop) {
    start_ = Clock::now();
    const std::stop_callback on_stop(stop, [this] { asio::post(io_, [this] { io_.stop(); }); });
    const auto work = asio::make_work_guard(io_);
    read();
    tick();
    io_.run();
  }

 private:
  [[nodiscard]] TimeNs now_ns() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start_).count();
  }

  void read() {
    master_.async_read_some(asio::buffer(input_), [this](const error_code& error, std::size_t size) {
      if (error) return;
      device_.receive(now_ns(), std::as_bytes(std::span(input_.data(), size)));
      write();
      read();
    });
  }

  void write() {
    if (!output_.empty() || !master_.is_open()) return;
    output_ = device_.send(now_ns());
    if (output_.empty()) return wait_until(device_.ready_ns().value_or(now_ns() + k_tick_ns));
    asio::async_write(master_, asio::buffer(output_), [this](const error_code& error, std::size_t) {
      output_.clear();
      if (!error) write();
    });
  }

  void tick() {
    if (!device_.advance(now_ns())) return unplug();
    wait_until(now_ns() + k_tick_ns);
    write();  // may bring that forward
  }

  void wait_until(TimeNs time_ns) {
    timer_.expires_at(start_ + std::chrono::nanoseconds(std::min(time_ns, now_ns() + k_tick_ns)));
    timer_.async_wait([this](const error_code& error) {
      if (!error) tick();
    });
  }

  void unplug() {
    error_code ignored;
    slave_.close(ignored);
    master_.close(ignored);
  }

  SerialDevice& device_;
  asio::io_context io_{1};
  asio::posix::stream_descriptor master_;
  asio::posix::stream_descriptor slave_;
  asio::steady_timer timer_;
  std::string path_;
  Clock::time_point start_ = Clock::now();
  std::array<unsigned char, 512> input_{};
  std::vector<std::byte> output_;  // being written
};

PseudoTerminal::PseudoTerminal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PseudoTerminal::~PseudoTerminal() = default;

Result<std::unique_ptr<PseudoTerminal>> PseudoTerminal::open(SerialDevice& device) {
  auto impl = std::make_unique<Impl>(device);
  JM_TRY(impl->open());
  return std::unique_ptr<PseudoTerminal>(new PseudoTerminal(std::move(impl)));
}

const std::string& PseudoTerminal::path() const {
  return impl_->path();
}

void PseudoTerminal::run(const std::stop_token& stop) {
  impl_->run(stop);
}

}  // namespace joulemark::serial
