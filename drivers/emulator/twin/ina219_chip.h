// SPDX-License-Identifier: GPL-3.0-or-later
// An INA219 on a simulated bus: conversion times, averaging over the aperture, "conversion ready", PGA range
// and resolution, offset and gain error. Formulas and register bits: TI's data sheet SBOS448.
#pragma once

#include <drivers/emulator/twin/avr_twi.h>

#include <array>
#include <cstdint>
#include <functional>

namespace joulemark::twin {

class Ina219Chip : public TwiDevice {
 public:
  struct Setup {
    std::uint8_t address = 0x40;
    double conversion_scale = 1;  // of the typical conversion times; specimens go up to 1.1
    double offset_v = 0;          // at the shunt
    double gain = 1;
  };
  // The mean voltage across the shunt, and the mean bus voltage, over [begin, end) in cycles.
  using Mean = std::function<double(Cycle begin, Cycle end)>;

  Ina219Chip(Setup setup, Mean shunt_v, Mean bus_v);

  bool start(std::uint8_t address, bool reads, Cycle now) override;
  bool write(std::uint8_t byte, Cycle now) override;
  std::uint8_t read(Cycle now) override;

  // An absent chip acknowledges nothing.
  void set_present(bool present, Cycle now);
  // A dip of its supply: power-on settings from now on.
  void brown_out(Cycle now) { configure(0x399F, now); }

  // Shunt conversions that have ended, and how many of those a master read at least, and more than, once.
  struct Tally {
    std::int64_t ended = 0;
    std::int64_t read = 0;
    std::int64_t read_again = 0;
  };
  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] std::uint16_t config() const { return config_; }

 private:
  void configure(std::uint16_t value, Cycle now);
  void convert_until(Cycle now);
  void end_shunt(Cycle begin, Cycle end);
  void end_bus(Cycle begin, Cycle end);
  [[nodiscard]] Cycle conversion_cycles(unsigned code) const;
  [[nodiscard]] std::uint16_t latch();

  Setup setup_;
  Mean shunt_v_;
  Mean bus_v_;
  bool present_ = true;
  std::uint16_t config_ = 0x399F;
  std::uint16_t shunt_ = 0;
  std::uint16_t bus_ = 0;
  bool ready_ = false;
  bool running_ = true;
  bool shunt_next_ = true;
  Cycle begun_ = 0;
  int reads_of_shunt_ = 1;  // of the conversion in the register
  std::uint8_t pointer_ = 0;
  std::array<std::uint8_t, 3> written_{};
  std::size_t written_size_ = 0;
  std::uint16_t latched_ = 0;
  bool high_next_ = true;
  Tally tally_;
};

}  // namespace joulemark::twin
