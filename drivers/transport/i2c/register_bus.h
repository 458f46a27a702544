// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace joulemark::i2c {

// The 16-bit registers, most significant byte first, of one device on an I2C bus. One thread at a time. A
// call makes the transfer and nothing else: no allocation, so it may be made on an acquisition thread.
class RegisterBus {
 public:
  RegisterBus() = default;
  RegisterBus(const RegisterBus&) = delete;
  RegisterBus& operator=(const RegisterBus&) = delete;
  virtual ~RegisterBus() = default;

  // 0, or the errno of the transfer that failed.
  [[nodiscard]] virtual int write(std::uint8_t reg, std::uint16_t value) = 0;

  // values[i] is what regs[i] held; at most eight, in this order, in one transaction where the adapter can
  // do that. 0 or errno.
  [[nodiscard]] virtual int read(std::span<const std::uint8_t> regs, std::span<std::uint16_t> values) = 0;
};

// Whether it says that nothing acknowledged the address.
[[nodiscard]] bool is_no_acknowledge(int error);
// Whether it says that the adapter itself has left.
[[nodiscard]] bool is_gone(int error);
// "no acknowledge", "timed out", or the system's words.
[[nodiscard]] std::string describe_transfer(int error);

}  // namespace joulemark::i2c
