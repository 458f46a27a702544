// SPDX-License-Identifier: GPL-3.0-or-later
// One simulated ATmega328P at 16 MHz, running real machine code. Links libsimavr, hence the licence: whatever
// links this is an executable of its own. Single-threaded; time is the core's own cycles and has nothing to
// do with ours.
#pragma once

#include <analysis/model/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct avr_t;

namespace joulemark::twin {

using Cycle = std::uint64_t;  // 62.5 ns
inline constexpr Cycle k_cycles_per_us = 16;

class AvrCore {
 public:
  // Errors: unreadable when there is no such ELF file or it is not an AVR's.
  [[nodiscard]] static Result<std::unique_ptr<AvrCore>> load(const std::string& elf);
  ~AvrCore();
  AvrCore(const AvrCore&) = delete;
  AvrCore& operator=(const AvrCore&) = delete;

  [[nodiscard]] Cycle now() const;
  // Runs to the first instruction that begins at or after `end`. False when the core has crashed.
  [[nodiscard]] bool run_until(Cycle end);

  // What the core sends on its UART, byte by byte, from within run_until.
  void on_serial(std::function<void(std::uint8_t)> take) { take_serial_ = std::move(take); }
  // Bytes for the core's UART, in the order given, as fast as 1 Mbaud lets them in.
  void send_serial(std::span<const std::uint8_t> bytes);

  // Drives a pin from outside at a cycle to come: port 'B' to 'D', bit 0 to 7.
  void set_pin_at(Cycle cycle, char port, int bit, bool level);

  [[nodiscard]] avr_t* raw() { return avr_; }

 private:
  struct PinChange;
  explicit AvrCore(avr_t* avr);
  void connect_serial();
  static std::uint64_t next_serial_byte(avr_t* avr, std::uint64_t when, void* self);
  static std::uint64_t apply_pin(avr_t* avr, std::uint64_t when, void* change);

  avr_t* avr_;
  std::function<void(std::uint8_t)> take_serial_;
  std::vector<std::uint8_t> incoming_;
  std::size_t incoming_at_ = 0;
  std::vector<std::unique_ptr<PinChange>> pin_changes_;
};

}  // namespace joulemark::twin
