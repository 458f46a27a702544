// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <algorithm>

namespace joulemark::ina219 {

// For how long something has gone wrong, as far as we were there to see it: a process that was held up (a
// stopped one, a paused virtual machine) looks again before it blames the instrument.
class Patience {
 public:
  // longest_ns: of what one look may add.
  explicit Patience(TimeNs now_ns, TimeNs longest_ns = 200'000'000)
      : last_ns_(now_ns), longest_ns_(longest_ns) {}

  // For how long by now. Between one call and the next there was a look.
  [[nodiscard]] TimeNs still_wrong(TimeNs now_ns) {
    wrong_ns_ += std::clamp<TimeNs>(now_ns - last_ns_, 0, longest_ns_);
    last_ns_ = now_ns;
    return wrong_ns_;
  }
  void well(TimeNs now_ns) {
    wrong_ns_ = 0;
    last_ns_ = now_ns;
  }

 private:
  TimeNs last_ns_;
  TimeNs longest_ns_;
  TimeNs wrong_ns_ = 0;
};

}  // namespace joulemark::ina219
