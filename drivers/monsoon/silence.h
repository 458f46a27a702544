// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/patience.h>
#include <drivers/monsoon/protocol.h>

#include <cstdint>

namespace joulemark::monsoon {

// For how long nothing came that can be read, as far as we were there to see it.
class Silence {
 public:
  explicit Silence(TimeNs now_ns) : patience_(now_ns) {}

  // read: observations so far.
  [[nodiscard]] bool too_long(TimeNs now_ns, std::int64_t read) {
    if (read != read_) patience_.well(now_ns);
    read_ = read;
    return patience_.still_wrong(now_ns) >= k_stall_ns;
  }

 private:
  Patience patience_;
  std::int64_t read_ = 0;
};

}  // namespace joulemark::monsoon
