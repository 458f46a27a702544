// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/edge.h>

#include <drivers/monsoon/protocol.h>

#include <cstdint>
#include <optional>

namespace joulemark::monsoon {

// A digital line read from a word of the observations, as line d0.
struct MarkerSetup {
  enum class Source { usb_voltage, aux_voltage, voltage_bit0, voltage_bit1 };
  Source source = Source::usb_voltage;
  // Of the two voltages, in ADC steps: high above rise, low below fall, unchanged between.
  double rise = 0;
  double fall = 0;

  [[nodiscard]] bool in_voltage_bits() const {
    return source == Source::voltage_bit0 || source == Source::voltage_bit1;
  }
};

// Between one observed slot and the next the level may change at any time, so an edge lies in the middle of
// that stretch and its resolution is the stretch: one slot, or more where slots are missing. Whether a word
// is an average over its slot or a point within it is not known; the slot's own start is right for an average
// and for a point in its middle.
class MarkerLine {
 public:
  explicit MarkerLine(const MarkerSetup& setup) : setup_(setup) {}

  // Slots in rising order; main is the observation's voltage word, usb its USB voltage word.
  [[nodiscard]] std::optional<Edge> observe(std::int64_t slot, std::uint16_t main, std::uint16_t usb) {
    const bool level = level_of(main, usb);
    const std::int64_t before = slot_;
    slot_ = slot;
    if (before < 0 || level == level_) {
      level_ = level;
      return std::nullopt;
    }
    level_ = level;
    const std::int64_t slots = slot - before;
    constexpr std::int64_t k_coarsest = 0xFFFFFFFF / k_slot_ns;
    return Edge{(before + 1) * k_slot_ns + (slots - 1) * k_slot_ns / 2,
                static_cast<std::uint32_t>((slots < k_coarsest ? slots : k_coarsest) * k_slot_ns), LineId{0},
                level};
  }

 private:
  [[nodiscard]] bool level_of(std::uint16_t main, std::uint16_t usb) const {
    switch (setup_.source) {
      case MarkerSetup::Source::voltage_bit0:
        return (main & 1) != 0;
      case MarkerSetup::Source::voltage_bit1:
        return (main & 2) != 0;
      case MarkerSetup::Source::usb_voltage:
        return compare(usb);
      case MarkerSetup::Source::aux_voltage:
        break;
    }
    return compare(main);
  }
  [[nodiscard]] bool compare(std::uint16_t word) const {
    if (slot_ < 0) return word > (setup_.rise + setup_.fall) / 2;
    return level_ ? word >= setup_.fall : word > setup_.rise;
  }

  MarkerSetup setup_;
  std::int64_t slot_ = -1;  // last observed
  bool level_ = false;
};

}  // namespace joulemark::monsoon
