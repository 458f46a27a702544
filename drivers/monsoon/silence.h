// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/attention.h>
#include <drivers/monsoon/protocol.h>

#include <cstdint>

namespace joulemark::monsoon {

// For how long nothing came that can be read, as far as we were there to see it.
class Silence {
 public:
  explicit Silence(TimeNs now_ns) : attention_(now_ns) {}

  // read: observations so far.
  [[nodiscard]] bool too_long(TimeNs now_ns, std::int64_t read) {
    attention_.look(now_ns);
    if (read != read_) heard_ns_ = attention_.seen_ns();
    read_ = read;
    return attention_.seen_ns() - heard_ns_ >= k_stall_ns;
  }

 private:
  Attention attention_;
  TimeNs heard_ns_ = 0;  // what was seen until then
  std::int64_t read_ = 0;
};

}  // namespace joulemark::monsoon
