// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace joulemark::iio {

// The records of a buffer that runs. One thread at a time.
class RecordSource {
 public:
  RecordSource() = default;
  RecordSource(const RecordSource&) = delete;
  RecordSource& operator=(const RecordSource&) = delete;
  virtual ~RecordSource() = default;  // as stop

  // Whole records, as many as there are and fit: how many bytes; 0 when none came within the timeout; minus
  // the errno when the device has gone. Allocates nothing.
  [[nodiscard]] virtual int read(std::span<std::byte> into, std::chrono::milliseconds timeout) = 0;

  // Switches the buffer off, once: waits for a record first, since a driver whose device fell silent may
  // crash the kernel when it is told to. False: none came, and the buffer was left on.
  virtual bool stop() = 0;
};

}  // namespace joulemark::iio
