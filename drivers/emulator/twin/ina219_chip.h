// SPDX-License-Identifier: GPL-3.0-or-later
// An INA219 on a simulated bus: the bytes of its registers, from which drivers/emulator/ina219_model makes
// conversions. Register bits: TI's data sheet SBOS448.
#pragma once

#include <drivers/emulator/ina219_model.h>
#include <drivers/emulator/twin/avr_twi.h>

#include <array>
#include <cstdint>
#include <functional>

namespace joulemark::twin {

// Cycles of a 16 MHz core as nanoseconds, rounded down.
[[nodiscard]] constexpr TimeNs ns_of(Cycle cycle) {
  return static_cast<TimeNs>(cycle * 125 / 2);
}
[[nodiscard]] constexpr Cycle cycle_of(TimeNs time_ns) {
  return static_cast<Cycle>(time_ns) * 2 / 125;
}

class Ina219Chip : public TwiDevice {
 public:
  static constexpr std::uint8_t k_address = 0x40;

  // The load outlives it; its windows are in ns since cycle 0.
  Ina219Chip(const emulator::Ina219Settings& settings, emulator::Ina219Load& load);

  bool start(std::uint8_t address, bool reads, Cycle now) override;
  bool write(std::uint8_t byte, Cycle now) override;
  std::uint8_t read(Cycle now) override;

  // An absent chip acknowledges nothing; back again it has its power-on settings.
  void set_present(bool present, Cycle now);
  // Keeps its settings and goes on converting, but acknowledges nothing.
  void set_mute(bool mute) { mute_ = mute; }
  // A dip of its supply.
  void brown_out(Cycle now) { model_.reset(ns_of(now)); }

  // Shunt conversions that have ended, and how many of those a master read at least, and more than, once.
  struct Tally {
    std::int64_t ended = 0;
    std::int64_t read = 0;
    std::int64_t read_again = 0;
  };
  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] std::uint16_t config(Cycle now) { return model_.read(ns_of(now), 0); }

  // Called with the time of every shunt conversion when it is first read.
  using Taken = std::function<void(TimeRange)>;
  void on_taken(Taken taken) { taken_ = std::move(taken); }

 private:
  void note_shunt_read();

  emulator::Ina219Model model_;
  Taken taken_;
  bool present_ = true;
  bool mute_ = false;
  TimeRange in_register_;   // of the conversion in the shunt register
  int reads_of_shunt_ = 1;  // of that conversion
  std::uint8_t pointer_ = 0;
  std::array<std::uint8_t, 3> written_{};
  std::size_t written_size_ = 0;
  std::uint16_t latched_ = 0;
  bool high_next_ = true;
  Tally tally_;
};

}  // namespace joulemark::twin
