// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <chrono>
#include <stop_token>

namespace joulemark::sim {

// Lets capture time pass as fast as time outside. Time starts when it is made.
class Pacer {
 public:
  // Sleeps until time_ns of capture time has come, or stop is requested.
  void wait_until(TimeNs time_ns, const std::stop_token& stop) const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace joulemark::sim
