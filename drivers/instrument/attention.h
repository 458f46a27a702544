// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <algorithm>

namespace joulemark {

// The time that passed while we were there to see it. A process that was held up (stopped, swapped out, on a
// machine that was paused) looks again before it blames an instrument.
class Attention {
 public:
  explicit Attention(TimeNs now_ns) : last_ns_(now_ns) {}

  // We have just looked. longest_ns: what a look takes at most; more than that we were not there.
  void look(TimeNs now_ns, TimeNs longest_ns = k_longest_look_ns) {
    seen_ns_ += std::min(now_ns - last_ns_, longest_ns);
    last_ns_ = now_ns;
  }
  [[nodiscard]] TimeNs seen_ns() const { return seen_ns_; }

 private:
  static constexpr TimeNs k_longest_look_ns = 200'000'000;
  TimeNs last_ns_;
  TimeNs seen_ns_ = 0;
};

}  // namespace joulemark
