// SPDX-License-Identifier: Apache-2.0
#include <app/cli/stop_on_signal.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace joulemark::cli {
namespace {

constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP};
constexpr char k_stop = 's';
constexpr char k_done = 'd';

// A handler may do next to nothing: it writes a byte to a pipe, and a thread does the rest.
int read_end = -1;
int write_end = -1;
std::array<struct sigaction, k_signals.size()> previous;
struct sigaction previous_pipe;
std::atomic<bool> heeded = true;
std::atomic<int> asked = 0;  // by this signal
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void send(char what) {
  const int saved = errno;
  static_cast<void>(!::write(write_end, &what, 1));
  errno = saved;
}

// A process started under nohup keeps ignoring SIGHUP.
void install(std::size_t i, const struct sigaction& action) {
  ::sigaction(k_signals[i], nullptr, &previous[i]);
  if (k_signals[i] == SIGHUP && previous[i].sa_handler == SIG_IGN) return;
  ::sigaction(k_signals[i], &action, nullptr);
}

// The signal is blocked as long as its handler runs, so it ends the process as soon as that returns.
void end_by(int number) {
  struct sigaction by_default = {};
  by_default.sa_handler = SIG_DFL;
  ::sigaction(number, &by_default, nullptr);
  ::raise(number);
}

extern "C" void on_signal(int number) {
  if (asked.exchange(number) != 0 && !heeded) return end_by(number);
  send(k_stop);
}

}  // namespace

StopOnSignal::StopOnSignal(Heed heed) {
  heeded = heed == Heed::from_now_on;
  asked = 0;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  read_end = ends[0];
  write_end = ends[1];
  listener_ = std::thread([this] {
    for (char byte = 0; byte != k_done;) {
      if (::read(read_end, &byte, 1) == 1 && byte == k_stop) stop_.request_stop();
    }
  });
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < k_signals.size(); ++i)
    install(i, action);
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &previous_pipe);
}

void StopOnSignal::heed() {
  heeded = true;
}

void StopOnSignal::end_as_asked() {
  end_by(asked);
}

StopOnSignal::~StopOnSignal() {
  for (std::size_t i = 0; i < k_signals.size(); ++i)
    ::sigaction(k_signals[i], &previous[i], nullptr);
  ::sigaction(SIGPIPE, &previous_pipe, nullptr);
  send(k_done);
  listener_.join();
  ::close(read_end);
  ::close(write_end);
}

}  // namespace joulemark::cli
