// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <jm_wire.h>

#include <array>
#include <cstdint>

namespace joulemark::twin {

// Listens to what the host says to the probe: faults are timed from its START.
class StartWatch {
 public:
  StartWatch() { jm_wire_decoder_init(&decoder_, frame_.data(), frame_.size()); }
  StartWatch(const StartWatch&) = delete;
  StartWatch& operator=(const StartWatch&) = delete;

  // True when this byte completes a START.
  [[nodiscard]] bool hear(std::uint8_t byte) {
    return jm_wire_decode_byte(&decoder_, byte) == JM_WIRE_FRAME &&
           jm_wire_frame_type(&decoder_) == JM_WIRE_START;
  }

 private:
  std::array<std::uint8_t, JM_WIRE_MAX_FRAME> frame_{};
  jm_wire_decoder decoder_{};
};

}  // namespace joulemark::twin
