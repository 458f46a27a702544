// SPDX-License-Identifier: Apache-2.0
// What is at the other end of a serial port. Time is passed in: nanoseconds on a clock that never runs back.
#pragma once

#include <analysis/model/time.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::serial {

// Calls come from one thread.
class SerialDevice {
 public:
  SerialDevice() = default;
  SerialDevice(const SerialDevice&) = delete;
  SerialDevice& operator=(const SerialDevice&) = delete;
  virtual ~SerialDevice() = default;

  // Lets time pass. False once it has been unplugged.
  [[nodiscard]] virtual bool advance(TimeNs now_ns) = 0;

  virtual void receive(TimeNs now_ns, std::span<const std::byte> bytes) = 0;

  // The next bytes it has to send, a few hundred at most; empty: none now.
  [[nodiscard]] virtual std::vector<std::byte> send(TimeNs now_ns) = 0;

  // When it will, or did, have something to send, as far as is known now. None: not before it is spoken to.
  [[nodiscard]] virtual std::optional<TimeNs> ready_ns() const = 0;
};

}  // namespace joulemark::serial
