// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/timebase.h>

#include <chrono>
#include <thread>

namespace joulemark {
namespace {

template <typename Clock>
TimeNs now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

class SystemTimebase final : public Timebase {
 public:
  TimeNs steady_ns() override { return now_ns<std::chrono::steady_clock>(); }
  TimeNs utc_ns() override { return now_ns<std::chrono::system_clock>(); }
  void wait(TimeNs duration_ns) override {
    std::this_thread::sleep_for(std::chrono::nanoseconds(duration_ns));
  }
};

}  // namespace

Timebase& system_timebase() {
  static SystemTimebase timebase;
  return timebase;
}

}  // namespace joulemark
