// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

namespace joulemark {

// Time as drivers see it; passed in, so that no test has to wait.
class Timebase {
 public:
  virtual ~Timebase() = default;

  [[nodiscard]] virtual TimeNs steady_ns() = 0;  // never runs back
  [[nodiscard]] virtual TimeNs utc_ns() = 0;     // since 1970
  virtual void wait(TimeNs duration_ns) = 0;
};

// The clocks of the computer; outlives everything.
[[nodiscard]] Timebase& system_timebase();

}  // namespace joulemark
