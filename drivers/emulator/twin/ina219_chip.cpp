// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/ina219_chip.h>

namespace joulemark::twin {

namespace {

constexpr std::uint8_t k_shunt_register = 1;

}  // namespace

Ina219Chip::Ina219Chip(const emulator::Ina219Settings& settings, emulator::Ina219Load& load)
    : model_(settings, load, [this](const emulator::Ina219Conversion& conversion) {
        if (!conversion.shunt) return;
        in_register_ = conversion.time;
        reads_of_shunt_ = 0;
        ++tally_.ended;
      }) {}

void Ina219Chip::set_present(bool present, Cycle now) {
  if (present && !present_) model_.reset(ns_of(now));
  present_ = present;
}

void Ina219Chip::note_shunt_read() {
  if (reads_of_shunt_ == 0) {
    ++tally_.read;
    if (taken_) taken_(in_register_);
  }
  if (reads_of_shunt_ == 1) ++tally_.read_again;
  ++reads_of_shunt_;
}

// A register's value is taken over when the chip acknowledges its address for reading.
bool Ina219Chip::start(std::uint8_t address, bool reads, Cycle now) {
  if (!present_ || mute_ || address != k_address) return false;
  written_size_ = 0;
  high_next_ = true;
  if (!reads) return true;
  latched_ = model_.read(ns_of(now), pointer_);
  if (pointer_ == k_shunt_register) note_shunt_read();
  return true;
}

bool Ina219Chip::write(std::uint8_t byte, Cycle now) {
  if (!present_ || mute_ || written_size_ == written_.size()) return false;
  written_[written_size_++] = byte;
  if (written_size_ == 1) pointer_ = byte;
  if (written_size_ == 3)
    model_.write(ns_of(now), pointer_, static_cast<std::uint16_t>(written_[1] << 8 | written_[2]));
  return true;
}

std::uint8_t Ina219Chip::read(Cycle) {
  const std::uint8_t byte =
      high_next_ ? static_cast<std::uint8_t>(latched_ >> 8) : static_cast<std::uint8_t>(latched_);
  high_next_ = !high_next_;
  return byte;
}

}  // namespace joulemark::twin
