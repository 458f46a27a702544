// SPDX-License-Identifier: Apache-2.0
// LVPMs with factory firmware talk over a serial port, in frames both ways: length (payload + 1), payload,
// checksum (length + payload bytes, modulo 256).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

namespace joulemark::monsoon {

// payload: 1 to 254 bytes.
[[nodiscard]] std::vector<std::byte> make_frame(std::initializer_list<int> payload);

// Puts frames together from bytes cut anywhere.
class FrameReader {
 public:
  using Payload = std::function<void(std::span<const std::byte>)>;

  // Calls payload for every good frame, the span valid during the call. A wrong checksum or a length of 0 is
  // counted and one byte skipped until reading falls into step again: a sum of eight bits is right by chance
  // too often among bytes that begin anywhere, so that takes a frame that looks like status or data as well.
  void feed(std::span<const std::byte> bytes, const Payload& payload);

  [[nodiscard]] std::int64_t damaged() const { return damaged_; }

 private:
  std::vector<std::byte> pending_;  // less than a frame: at most 256 bytes
  std::int64_t damaged_ = 0;
  bool in_step_ = true;
};

}  // namespace joulemark::monsoon
