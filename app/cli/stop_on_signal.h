// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <thread>

namespace joulemark::cli {

// While it lives, SIGINT, SIGTERM and SIGHUP request a stop instead of ending the process; further ones
// change nothing, so that closing a capture is never cut short. As long as there is nothing to close (an
// instrument is being opened), a second one ends the process as if this were not there. One at a time.
class StopOnSignal {
 public:
  enum class Heed { from_now_on, later };

  explicit StopOnSignal(Heed heed = Heed::from_now_on);
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  void heed();  // with Heed::later: from now on
  // Ends the process by the signal that asked, as if this were not there: nothing is left to close.
  static void end_as_asked();

 private:
  std::stop_source stop_;
  std::thread listener_;
};

}  // namespace joulemark::cli
