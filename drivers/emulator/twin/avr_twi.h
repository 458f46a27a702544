// SPDX-License-Identifier: GPL-3.0-or-later
// The two-wire bus of a simulated AVR with one device on it, and cures for what libsimavr 1.6 gets wrong:
// TWINT is never cleared, the first acknowledge after SLA+W is reported as that of data, and every byte takes
// 9 us whatever TWBR says.
#pragma once

#include <drivers/emulator/twin/avr_core.h>

#include <cstdint>

namespace joulemark::twin {

// What hangs on the bus. Times are the core's cycles.
class TwiDevice {
 public:
  virtual ~TwiDevice() = default;
  // True: acknowledged. address is of 7 bits.
  virtual bool start(std::uint8_t address, bool reads, Cycle now) = 0;
  virtual bool write(std::uint8_t byte, Cycle now) = 0;
  virtual std::uint8_t read(Cycle now) = 0;
};

class AvrTwi {
 public:
  // Both must outlive this.
  AvrTwi(AvrCore& core, TwiDevice& device);
  // A bus that stands still: nothing that is begun ends, as long as it is held.
  void hold(bool held) { held_ = held; }

  AvrTwi(const AvrTwi&) = delete;
  AvrTwi& operator=(const AvrTwi&) = delete;

 private:
  void on_message(std::uint32_t value);
  void after_control_write();

  AvrCore& core_;
  TwiDevice& device_;
  void* twi_ = nullptr;  // libsimavr's own
  bool address_next_ = false;
  bool held_ = false;
};

}  // namespace joulemark::twin
