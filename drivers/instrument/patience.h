// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <drivers/instrument/attention.h>

namespace joulemark {

// For how long something has gone wrong, as far as we were there to see it.
class Patience {
 public:
  // longest_ns: of what one look may add.
  explicit Patience(TimeNs now_ns, TimeNs longest_ns = 200'000'000)
      : attention_(now_ns), longest_ns_(longest_ns) {}

  // For how long by now. Between one call and the next there was a look.
  [[nodiscard]] TimeNs still_wrong(TimeNs now_ns) {
    attention_.look(now_ns, longest_ns_);
    return attention_.seen_ns() - well_ns_;
  }
  void well(TimeNs now_ns) {
    attention_.look(now_ns, longest_ns_);
    well_ns_ = attention_.seen_ns();
  }

 private:
  Attention attention_;
  TimeNs longest_ns_;
  TimeNs well_ns_ = 0;  // what was seen until then
};

}  // namespace joulemark
