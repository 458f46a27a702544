// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/quit_on_signal.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace joulemark {
namespace {

constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP};

// A handler may do next to nothing: it writes a byte to a pipe, and the event loop does the rest.
std::array<int, 2> ends{-1, -1};
std::array<struct sigaction, k_signals.size()> previous;

extern "C" void on_signal(int) {
  const int saved = errno;
  static_cast<void>(!::write(ends[1], "q", 1));
  errno = saved;
}

// A process started under nohup keeps ignoring SIGHUP.
void install(std::size_t i, const struct sigaction& action) {
  ::sigaction(k_signals[i], nullptr, &previous[i]);
  if (k_signals[i] == SIGHUP && previous[i].sa_handler == SIG_IGN) return;
  ::sigaction(k_signals[i], &action, nullptr);
}

}  // namespace

QuitOnSignal::QuitOnSignal() {
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  notifier_ = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
  connect(notifier_.get(), &QSocketNotifier::activated, this, [this] { read(); });
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < k_signals.size(); ++i)
    install(i, action);
}

QuitOnSignal::~QuitOnSignal() {
  for (std::size_t i = 0; i < k_signals.size(); ++i)
    ::sigaction(k_signals[i], &previous[i], nullptr);
  notifier_.reset();
  ::close(ends[0]);
  ::close(ends[1]);
}

void QuitOnSignal::read() {
  std::array<char, 16> bytes{};
  if (::read(ends[0], bytes.data(), bytes.size()) > 0) Q_EMIT asked();
}

}  // namespace joulemark
