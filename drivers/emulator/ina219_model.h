// SPDX-License-Identifier: Apache-2.0
// An INA219 as its I2C bus shows it (Texas Instruments SBOS448G): conversions on a clock of its own,
// averaging over their time, steps, ranges, conversion-ready and overflow. Times are nanoseconds on any
// steady clock.
#pragma once

#include <analysis/model/time.h>

#include <drivers/sim/converter.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

namespace joulemark::emulator {

// What the chip is wired to. Windows come in order and do not overlap.
class Ina219Load {
 public:
  Ina219Load() = default;
  Ina219Load(const Ina219Load&) = delete;
  Ina219Load& operator=(const Ina219Load&) = delete;
  virtual ~Ina219Load() = default;

  [[nodiscard]] virtual double mean_current_a(TimeRange window) = 0;
  [[nodiscard]] virtual double mean_voltage_v(TimeRange window) = 0;
};

struct Ina219Settings {
  double shunt_ohm = 0.1;
  double slowness = 1;  // conversions take that many times the typical time: 1.1 makes 532 us 586 us
  double offset_v = 0;  // of the shunt voltage
  double gain = 1;
  double noise_v = 0;  // rms of the shunt voltage, of one 12-bit conversion
  std::uint64_t seed = 1;
};

// One conversion, as it really was.
struct Ina219Conversion {
  bool shunt = true;  // else of the bus voltage
  TimeRange time;
  double mean = 0;  // of the current in A, or of the voltage in V
  std::uint16_t code = 0;
};

class Ina219Model {
 public:
  static constexpr std::uint16_t k_reset_configuration = 0x399F;

  using Observer = std::function<void(const Ina219Conversion&)>;

  // The load outlives it. observer: told of every conversion in turn; may be empty.
  Ina219Model(const Ina219Settings& settings, Ina219Load& load, Observer observer = {});

  // Time never runs back. Unknown registers read 0 and ignore what is written.
  [[nodiscard]] std::uint16_t read(TimeNs now_ns, std::uint8_t reg);
  void write(TimeNs now_ns, std::uint8_t reg, std::uint16_t value);
  // As a dip of its supply does.
  void reset(TimeNs now_ns);
  // Ends the conversions that have ended by then; the others do so by themselves.
  void advance(TimeNs now_ns);

 private:
  void configure(TimeNs now_ns, std::uint16_t value);
  void begin_conversion(TimeNs now_ns, bool shunt);
  void end_conversion();
  [[nodiscard]] std::uint16_t convert_shunt(double mean_v);
  [[nodiscard]] std::uint16_t convert_bus(double mean_v) const;
  void compute();
  [[nodiscard]] TimeNs conversion_ns(bool shunt) const;

  Ina219Settings settings_;
  Ina219Load& load_;
  Observer observer_;
  sim::Noise noise_;
  std::int64_t conversions_ = 0;
  std::uint16_t configuration_ = k_reset_configuration;
  std::uint16_t calibration_ = 0;
  std::uint16_t shunt_ = 0;
  std::uint16_t bus_ = 0;  // as the register shows it
  std::uint16_t power_ = 0;
  std::uint16_t current_ = 0;
  std::optional<TimeRange> running_;
  bool running_shunt_ = true;
};

}  // namespace joulemark::emulator
