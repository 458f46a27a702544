// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <drivers/emulator/twin/faults.h>

#include <cstdint>
#include <vector>

namespace joulemark::twin {

// A serial line that loses, flips or inserts so many of the bytes to come.
class LineNoise {
 public:
  void disturb(FaultKind kind, std::int64_t count);
  void pass(std::uint8_t byte, std::vector<std::uint8_t>& out);

 private:
  std::int64_t lose_ = 0;
  std::int64_t flip_ = 0;
  std::int64_t insert_ = 0;
  std::uint32_t random_ = 1;
};

}  // namespace joulemark::twin
