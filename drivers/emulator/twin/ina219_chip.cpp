// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/ina219_chip.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::twin {

namespace {

constexpr std::uint16_t k_power_on = 0x399F;
constexpr double k_shunt_lsb_v = 10e-6;
constexpr double k_bus_lsb_v = 4e-3;
constexpr std::array<double, 16> k_conversion_us = {84,  148,  276,  532,  84,   148,   276,   532,
                                                    532, 1060, 2130, 4260, 8510, 17020, 34050, 68100};

unsigned mode_of(std::uint16_t config) {
  return config & 7u;
}
bool converts_shunt(std::uint16_t config) {
  return (config & 1u) != 0;
}
bool converts_bus(std::uint16_t config) {
  return (config & 2u) != 0;
}
bool is_continuous(std::uint16_t config) {
  return mode_of(config) > 4;
}
bool converts(std::uint16_t config) {
  return mode_of(config) != 0 && mode_of(config) != 4;
}

}  // namespace

Ina219Chip::Ina219Chip(Setup setup, Mean shunt_v, Mean bus_v)
    : setup_(setup), shunt_v_(std::move(shunt_v)), bus_v_(std::move(bus_v)) {}

Cycle Ina219Chip::conversion_cycles(unsigned code) const {
  return static_cast<Cycle>(std::llround(k_conversion_us[code & 15u] * setup_.conversion_scale *
                                         static_cast<double>(k_cycles_per_us)));
}

void Ina219Chip::configure(std::uint16_t value, Cycle now) {
  config_ = (value & 0x8000u) != 0 ? k_power_on : value;
  begun_ = now;
  ready_ = false;
  running_ = converts(config_);
  shunt_next_ = converts_shunt(config_);
}

void Ina219Chip::set_present(bool present, Cycle now) {
  if (present && !present_) configure(k_power_on, now);
  present_ = present;
}

void Ina219Chip::convert_until(Cycle now) {
  while (running_) {
    const unsigned code = shunt_next_ ? config_ >> 3 : config_ >> 7;
    const Cycle end = begun_ + conversion_cycles(code);
    if (end > now) return;
    if (shunt_next_) {
      end_shunt(begun_, end);
    } else {
      end_bus(begun_, end);
    }
    const bool last = !shunt_next_ || !converts_bus(config_);
    if (last) ready_ = true;
    if (last && !is_continuous(config_)) running_ = false;
    shunt_next_ = last ? converts_shunt(config_) : false;
    begun_ = end;
  }
}

// 12 bits span the range of the PGA: the true step is 10, 20, 40, 80 uV, the register's unit 10 uV always.
void Ina219Chip::end_shunt(Cycle begin, Cycle end) {
  const int gain = 1 << ((config_ >> 11) & 3);
  const double volts = shunt_v_(begin, end) * setup_.gain + setup_.offset_v;
  const auto steps = std::lround(volts / (k_shunt_lsb_v * gain));
  const long limit = 4000;
  shunt_ = static_cast<std::uint16_t>(std::clamp(steps, -limit, limit) * gain);
  reads_of_shunt_ = 0;
  ++tally_.ended;
}

void Ina219Chip::end_bus(Cycle begin, Cycle end) {
  const long limit = (config_ & 0x2000u) != 0 ? 8000 : 4000;
  const long code = std::clamp(std::lround(bus_v_(begin, end) / k_bus_lsb_v), 0L, limit);
  bus_ = static_cast<std::uint16_t>(code << 3);
}

// A register's value is taken over when the chip acknowledges its address for reading.
std::uint16_t Ina219Chip::latch() {
  switch (pointer_) {
    case 0:
      return config_;
    case 1:
      if (reads_of_shunt_ == 0) ++tally_.read;
      if (reads_of_shunt_ == 1) ++tally_.read_again;
      ++reads_of_shunt_;
      return shunt_;
    case 2:
      return static_cast<std::uint16_t>(bus_ | (ready_ ? 2u : 0u));
    case 3:
      ready_ = false;
      return 0;  // no calibration: no power
    default:
      return 0;
  }
}

bool Ina219Chip::start(std::uint8_t address, bool reads, Cycle now) {
  if (!present_ || address != setup_.address) return false;
  convert_until(now);
  written_size_ = 0;
  high_next_ = true;
  if (reads) latched_ = latch();
  return true;
}

bool Ina219Chip::write(std::uint8_t byte, Cycle now) {
  if (!present_ || written_size_ == written_.size()) return false;
  written_[written_size_++] = byte;
  if (written_size_ == 1) pointer_ = byte;
  if (written_size_ == 3 && pointer_ == 0) {
    convert_until(now);
    configure(static_cast<std::uint16_t>(written_[1] << 8 | written_[2]), now);
  }
  return true;
}

std::uint8_t Ina219Chip::read(Cycle) {
  const std::uint8_t byte =
      high_next_ ? static_cast<std::uint8_t>(latched_ >> 8) : static_cast<std::uint8_t>(latched_);
  high_next_ = !high_next_;
  return byte;
}

}  // namespace joulemark::twin
