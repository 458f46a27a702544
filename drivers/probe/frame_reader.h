// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <jm_wire.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace joulemark::probe {

struct Frame {
  std::uint8_t type = 0;
  std::uint8_t sequence = 0;
  std::span<const std::uint8_t> payload;  // valid until the reader takes more bytes
};

// Finds frames in bytes cut anywhere; falls into step again after damage.
class FrameReader {
 public:
  FrameReader() { restart(); }
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // What came so far belongs to another connection.
  void restart() { jm_wire_decoder_init(&decoder_, buffer_, sizeof buffer_); }

  // Takes bytes off the front, up to a frame, damage or the end: to be called until JM_WIRE_MORE.
  [[nodiscard]] jm_wire_result next(std::span<const std::byte>& bytes) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t left = bytes.size();
    const jm_wire_result result = jm_wire_decode(&decoder_, &at, &left);
    bytes = bytes.last(left);
    return result;
  }
  // After JM_WIRE_FRAME.
  [[nodiscard]] Frame frame() const {
    return {jm_wire_frame_type(&decoder_),
            jm_wire_frame_sequence(&decoder_),
            {jm_wire_payload(&decoder_), jm_wire_payload_size(&decoder_)}};
  }

 private:
  jm_wire_decoder decoder_;
  std::uint8_t buffer_[JM_WIRE_MAX_FRAME];
};

}  // namespace joulemark::probe
