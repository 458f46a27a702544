// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/monsoon/protocol.h>

#include <algorithm>
#include <cstdint>

namespace joulemark::monsoon {

// For how long nothing came that can be read, as far as we were there to see it: a process that was held up
// for a while looks again before it blames the unit.
class Silence {
 public:
  explicit Silence(TimeNs now_ns) : last_ns_(now_ns) {}

  // read: observations so far.
  [[nodiscard]] bool too_long(TimeNs now_ns, std::int64_t read) {
    silent_ns_ = read == read_ ? silent_ns_ + std::min(now_ns - last_ns_, k_longest_look) : 0;
    read_ = read;
    last_ns_ = now_ns;
    return silent_ns_ >= k_stall_ns;
  }

 private:
  static constexpr TimeNs k_longest_look = 200'000'000;
  TimeNs last_ns_;
  TimeNs silent_ns_ = 0;
  std::int64_t read_ = 0;
};

}  // namespace joulemark::monsoon
