// SPDX-License-Identifier: Apache-2.0
// What a piece of work costs, apart from what else the machine does.
#pragma once

#include <sys/resource.h>
#include <time.h>

#include <chrono>

namespace joulemark::bench {

// Of all threads of the process, user and system.
[[nodiscard]] inline double process_cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Of the calling thread.
[[nodiscard]] inline double thread_cpu_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

[[nodiscard]] inline double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace joulemark::bench
