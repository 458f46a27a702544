// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace joulemark::twin {

// Requests a stop on SIGINT, SIGTERM and SIGHUP, and when the standard input ends, if asked to: so that a
// process which has started this one cannot leave it behind. One at a time, made before other threads.
class WaitForEnd {
 public:
  explicit WaitForEnd(bool with_input);
  ~WaitForEnd();
  WaitForEnd(const WaitForEnd&) = delete;
  WaitForEnd& operator=(const WaitForEnd&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  void request() { stop_.request_stop(); }

 private:
  void wait(bool with_input);

  std::stop_source stop_;
  int signals_ = -1;  // signalfd
  int wake_ = -1;     // eventfd: the destructor's
  std::thread thread_;
};

}  // namespace joulemark::twin
