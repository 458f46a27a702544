// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/line_noise.h>

namespace joulemark::twin {

void LineNoise::disturb(FaultKind kind, std::int64_t count) {
  if (kind == FaultKind::lose) lose_ += count;
  if (kind == FaultKind::flip) flip_ += count;
  if (kind == FaultKind::insert) insert_ += count;
}

void LineNoise::pass(std::uint8_t byte, std::vector<std::uint8_t>& out) {
  random_ = random_ * 1664525U + 1013904223U;  // Numerical Recipes
  const std::uint32_t random = random_ >> 16;
  if (insert_ > 0) {
    --insert_;
    out.push_back(static_cast<std::uint8_t>(random));
  }
  if (lose_ > 0) {
    --lose_;
    return;
  }
  if (flip_ > 0) {
    --flip_;
    byte = static_cast<std::uint8_t>(byte ^ 1U << (random & 7U));
  }
  out.push_back(byte);
}

}  // namespace joulemark::twin
