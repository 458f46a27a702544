// SPDX-License-Identifier: GPL-3.0-or-later
// One simulated ATmega328P, running real machine code, at 16 MHz unless it is told otherwise. Links
// libsimavr, hence the licence: whatever links this is an executable of its own. Single-threaded; time is the
// core's own cycles and has nothing to do with ours.
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
  // Errors: unreadable when there is no such ELF file or it is not for an ATmega328P.
  [[nodiscard]] static Result<std::unique_ptr<AvrCore>> load(const std::string& elf,
                                                             std::uint32_t clock_hz = 16'000'000);
  ~AvrCore();
  AvrCore(const AvrCore&) = delete;
  AvrCore& operator=(const AvrCore&) = delete;

  [[nodiscard]] Cycle now() const;
  // Lets run_until go further than it is asked to, by so many cycles at most: several times as fast. 0 at
  // first.
  void set_stride(Cycle cycles);
  // A sleeping core leaps to what will wake it; so far at a time at most.
  void limit_leaps(Cycle cycles);
  // Runs to the first instruction that begins at or after `end`. False when the core has crashed.
  [[nodiscard]] bool run_until(Cycle end);

  // As the reset pin does: memory stays, registers and pins start anew, outputs become inputs. Cycles may be
  // counted anew, changes to come of pins are forgotten, and nobody is told: the caller knows.
  void reset();

  // Told when the core falls asleep (true) and wakes.
  void on_sleep(std::function<void(Cycle, bool)> tell) { tell_sleep_ = std::move(tell); }
  // Told when an output of that port changes: 'B' to 'D', bit 0 to 7.
  using TellPin = std::function<void(Cycle, bool level)>;
  void on_pin(char port, int bit, TellPin tell);
  // Told when the program has written the register at that address of the data space, of the new value.
  using TellRegister = std::function<void(Cycle, std::uint8_t value)>;
  void on_register(std::uint16_t address, TellRegister tell);
  // Of the core and its converter; 5 V until told.
  void set_supply_mv(std::uint32_t millivolts);
  // Asked for the millivolts at A0 when the converter begins.
  void on_conversion(std::function<std::uint32_t(Cycle)> millivolts);
  [[nodiscard]] std::uint8_t register_at(std::uint16_t address) const;

  // What the core sends on its UART, byte by byte, from within run_until.
  void on_serial(std::function<void(std::uint8_t)> take) { take_serial_ = std::move(take); }
  // Bytes for the core's UART, in the order given, as fast as 1 Mbaud lets them in.
  void send_serial(std::span<const std::uint8_t> bytes);

  // Drives a pin from outside at a cycle to come: port 'B' to 'D', bit 0 to 7.
  void set_pin_at(Cycle cycle, char port, int bit, bool level);

  [[nodiscard]] avr_t* raw() { return avr_; }

 private:
  struct PinChange;
  struct PinWatch;
  struct RegisterWatch;
  explicit AvrCore(avr_t* avr);
  void connect_serial();
  static std::uint64_t next_serial_byte(avr_t* avr, std::uint64_t when, void* self);
  static std::uint64_t apply_pin(avr_t* avr, std::uint64_t when, void* change);
  static std::uint64_t end_leap(avr_t* avr, std::uint64_t when, void* self);
  static void fall_asleep(avr_t* avr, std::uint64_t cycles);

  avr_t* avr_;
  std::function<void(std::uint8_t)> take_serial_;
  std::vector<std::uint8_t> incoming_;
  std::size_t incoming_at_ = 0;
  std::vector<std::unique_ptr<PinChange>> pin_changes_;
  std::vector<std::unique_ptr<PinWatch>> pin_watches_;
  std::vector<std::unique_ptr<RegisterWatch>> register_watches_;
  std::function<void(Cycle, bool)> tell_sleep_;
  std::function<std::uint32_t(Cycle)> millivolts_;
  bool asleep_ = false;
  Cycle longest_leap_ = 0;
};

}  // namespace joulemark::twin
