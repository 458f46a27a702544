// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/timebase.h>

namespace joulemark::monsoon::test {

// Stands still but for waiting.
class FakeTime final : public Timebase {
 public:
  TimeNs steady_ns() override { return now_ns; }
  TimeNs utc_ns() override { return now_ns + 1'700'000'000'000'000'000; }
  void wait(TimeNs duration_ns) override { now_ns += duration_ns; }
  TimeNs now_ns = 1'000'000'000;
};

}  // namespace joulemark::monsoon::test
