// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <chrono>
#include <cstddef>
#include <span>

namespace joulemark::serial {

// Bytes both ways, as drivers see them. One thread at a time.
class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  // All of it, or an Error: protocol (it does not go out in a second, or the other end has gone).
  [[nodiscard]] virtual Status write(std::span<const std::byte> bytes) = 0;

  // What is there, up to into.size(); waits for the first byte. 0: nothing came in time. Errors: protocol
  // when the other end has gone.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into,
                                                 std::chrono::milliseconds timeout) = 0;

  // The other end has gone, as far as a call above has noticed.
  [[nodiscard]] virtual bool closed() const = 0;
};

}  // namespace joulemark::serial
