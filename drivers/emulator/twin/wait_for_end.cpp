// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/wait_for_end.h>

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

namespace joulemark::twin {

WaitForEnd::WaitForEnd(bool with_input) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC);
  wake_ = eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this, with_input] { wait(with_input); });
}

WaitForEnd::~WaitForEnd() {
  eventfd_write(wake_, 1);
  thread_.join();
  close(signals_);
  close(wake_);
}

void WaitForEnd::wait(bool with_input) {
  std::array<pollfd, 3> watched{
      {{wake_, POLLIN, 0}, {signals_, POLLIN, 0}, {with_input ? STDIN_FILENO : -1, POLLIN, 0}}};
  for (;;) {
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) return;
    std::array<char, 256> bytes{};
    const bool input = watched[2].revents != 0 && read(STDIN_FILENO, bytes.data(), bytes.size()) > 0;
    if (input) continue;  // there is more to come
    stop_.request_stop();
    watched[1].fd = watched[2].fd = -1;
  }
}

}  // namespace joulemark::twin
