// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/ina219/chip/registers.h>
#include <drivers/ina219/reading.h>
#include <drivers/instrument/patience.h>
#include <drivers/instrument/timebase.h>
#include <drivers/transport/i2c/register_bus.h>

#include <cstdint>
#include <optional>

namespace joulemark::ina219 {

// Reads each conversion of a chip once: asks whether one is ready, and only then takes its value and, by
// reading the power register, clears the flag. In this order a conversion may be missed when the host is
// late, but none is ever taken twice. Allocates nothing: made for the acquisition thread.
class Poller {
 public:
  struct Plan {
    Configuration configuration;
    std::uint16_t calibration = 0;
    bool clocked = true;        // conversion-ready works; else a register is read once a period
    double period_s = 532e-6;   // of the configuration
    double bus_s = 532e-6;      // of a conversion of the bus voltage
    double bus_interval_s = 0;  // from one measurement of the bus voltage alone to the next; 0: none
    double poll_s = 0;          // how long asking takes
  };
  enum class State { going, unplugged, stalled };
  struct Turn {
    State state = State::going;
    std::optional<Reading> reading;
  };

  // Both outlive it.
  Poller(i2c::RegisterBus& bus, Timebase& timebase, const Plan& plan)
      : bus_(bus), timebase_(timebase), plan_(plan) {}

  // Configures the chip. 0 or errno.
  [[nodiscard]] int start();

  // The next reading, or none yet; takes 20 ms at most, or a transfer's time.
  [[nodiscard]] Turn step();

  // At the end: what is to be told when the chip has lost its configuration since it was last looked at.
  [[nodiscard]] std::optional<Reading> look_at_the_end();

 private:
  [[nodiscard]] Turn poll();
  [[nodiscard]] Turn take(const Reading& ready);
  [[nodiscard]] TimeNs held_up_ns(TimeNs took_ns);
  [[nodiscard]] Turn pace();
  [[nodiscard]] Turn take_back();
  [[nodiscard]] Turn measure_bus_voltage();
  [[nodiscard]] int await_bus_voltage(Reading& reading);
  [[nodiscard]] int configure(Mode mode);
  [[nodiscard]] Turn check_configuration(Turn turn);
  [[nodiscard]] Reading reconfigure(TimeNs now_ns);
  [[nodiscard]] Turn failed(int error);
  void succeeded(TimeNs now_ns);
  void restart(TimeNs now_ns);

  i2c::RegisterBus& bus_;
  Timebase& timebase_;
  Plan plan_;
  std::optional<Reading> pending_;
  bool restarted_ = false;
  bool between_ = true;                // a conversion was just read: the next one has only begun
  bool astray_ = false;                // a write of the mode failed
  TimeNs after_ns_ = 0;                // the next conversion ends later
  TimeNs due_ns_ = 0;                  // when to ask again
  std::optional<TimeNs> quickest_ns_;  // that a value was ever taken in
  TimeNs next_bus_ns_ = 0;
  TimeNs next_check_ns_ = 0;
  bool keeps_calibration_ = true;
  TimeNs sound_ns_ = 0;      // when its configuration was last seen to be the one it was given
  TimeNs next_told_ns_ = 0;  // that it cannot be configured again
  Patience silence_{0};      // since a conversion was read
  std::optional<Patience> failing_;
};

}  // namespace joulemark::ina219
