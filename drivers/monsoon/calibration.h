// SPDX-License-Identifier: Apache-2.0
// From ADC words to milliamperes. The unit interleaves observations of zero current and of a known reference;
// the plain mean of the last five of each gives the line for every rail and grain:
//   zero = mean(zero words) + zero offset,  I = (word - zero) * reference / (mean(reference words) - zero).
#pragma once

#include <analysis/model/result.h>

#include <drivers/monsoon/packet.h>

#include <array>
#include <cstdint>
#include <span>

namespace joulemark::monsoon {

inline constexpr std::size_t k_window = 5;  // the vendor's code; its document says 10

// Mean of the last k_window values.
class CalibrationWindow {
 public:
  void add(int value) {
    sum_ += value - values_[next_];
    values_[next_] = value;
    next_ = (next_ + 1) % k_window;
    if (count_ < k_window) ++count_;
  }
  [[nodiscard]] bool full() const { return count_ == k_window; }
  [[nodiscard]] double mean() const { return static_cast<double>(sum_) / static_cast<double>(k_window); }

 private:
  std::array<int, k_window> values_{};
  std::int64_t sum_ = 0;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

struct Line {
  double zero = 0;
  double slope_ma = 0;  // per count
  [[nodiscard]] double ma(int word) const { return (word - zero) * slope_ma; }
};

// The line of one rail and grain from its windows. Errors: protocol when reference and zero are less than one
// count apart, since no current follows from that.
[[nodiscard]] Result<Line> fit_line(double zero_mean, double reference_mean, const GrainScale& scale);

struct RailLines {
  Line fine;
  Line coarse;
  int fine_below = 0;
  // The choice looks at the fine word alone, sample by sample.
  [[nodiscard]] double ma(int fine_word, int coarse_word) const {
    return fine_word < fine_below ? fine.ma(fine_word) : coarse.ma(coarse_word);
  }
};

class Calibration {
 public:
  explicit Calibration(const UnitScale& scale) : scale_(scale) {}

  // A calibration observation. A word of exactly 0 on the HVPM, whose words are unsigned, is a converter that
  // saw nothing: it is left out, as the vendor does.
  void add(const Observation& observation);

  // Every window of these rails is full.
  [[nodiscard]] bool ready(std::span<const Rail> rails) const;

  // The lines in force; meaningful once ready. Errors: protocol, naming rail and grain.
  [[nodiscard]] Result<RailLines> lines(Rail rail) const;

 private:
  struct Windows {
    CalibrationWindow zero;
    CalibrationWindow reference;
  };
  UnitScale scale_;
  std::array<std::array<Windows, k_grains>, k_rails> windows_;
};

// Scales of a unit from what its memory holds.
struct HvpmMemory {
  // Of main, USB, aux: fine scale (uA), coarse scale (mA), fine and coarse zero offset (counts).
  struct RailMemory {
    std::uint16_t fine_ua = 0;
    std::uint16_t coarse_ma = 0;
    std::int16_t fine_zero = 0;
    std::int16_t coarse_zero = 0;
  };
  std::array<RailMemory, k_rails> rails;
};
struct LvpmMemory {
  struct RailMemory {  // signed, in steps of 0.1 milliohm
    std::int8_t fine = 0;
    std::int8_t coarse = 0;
  };
  std::array<RailMemory, k_rails> rails;
};
[[nodiscard]] UnitScale scale_of(const HvpmMemory& memory);
// The LVPM's aux numbers are given as 0.05049 and 1.289, which fits the other rails only as amperes; read as
// such here, and announced as doubtful by the instrument.
[[nodiscard]] UnitScale scale_of(const LvpmMemory& memory);

}  // namespace joulemark::monsoon
