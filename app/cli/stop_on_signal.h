// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <thread>

namespace joulemark::cli {

// While it lives, SIGINT, SIGTERM and SIGHUP request a stop instead of ending the process; further ones
// change nothing, so that closing a capture is never cut short. One at a time.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::thread listener_;
};

}  // namespace joulemark::cli
