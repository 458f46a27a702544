// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/pacer.h>

#include <condition_variable>
#include <mutex>

namespace joulemark::sim {

void Pacer::wait_until(TimeNs time_ns, const std::stop_token& stop) const {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_until(lock, stop, start_ + std::chrono::nanoseconds(time_ns), [] { return false; });
}

}  // namespace joulemark::sim
