// SPDX-License-Identifier: Apache-2.0
// The orders a unit takes, in the only safe sequence. A voltage set while a unit samples, or before it has
// left sample mode, may come out as a random voltage and destroy the target: such an order is never sent.
#pragma once

#include <analysis/model/result.h>

#include <drivers/instrument/timebase.h>
#include <drivers/monsoon/calibration.h>
#include <drivers/transport/usb/device.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace joulemark::monsoon {

// What a unit says of itself.
struct UnitFacts {
  Model model = Model::hvpm;
  int serial = 0;
  int firmware = 0;
  int protocol = 0;
  UnitScale scale;
  std::string calibration;  // the stored scales and offsets, for the record
  int dac_low = 0;          // HVPM: of the 2.5 V and the 4.096 V reference
  int dac_high = 0;
};

// Whether that voltage may be set on that unit; 0 is off and always may. Errors: usage (out of the model's
// range), unsafe (an HVPM whose stored DAC calibration is out of tolerance puts out anything).
[[nodiscard]] Status check_voltage(const UnitFacts& facts, double volts);

// Errors: usage, out of the model's range.
[[nodiscard]] Status check_current_limit(const UnitFacts& facts, double amperes);

class Unit {
 public:
  // The timebase outlives it.
  Unit(std::unique_ptr<usb::Device> device, Timebase& timebase)
      : device_(std::move(device)), timebase_(timebase) {}

  // Stops the unit, empties its queue and waits until it has left sample mode. True when it had been
  // sampling. Errors (here and below): protocol.
  [[nodiscard]] Result<bool> settle(const std::stop_token& stop = {});

  // The following need a settled unit, else they are refused here as unsafe.
  [[nodiscard]] Result<UnitFacts> facts();
  [[nodiscard]] Result<double> voltage();
  // Checked (see check_voltage) and read back.
  [[nodiscard]] Status set_voltage(const UnitFacts& facts, double volts);
  [[nodiscard]] Status set_current_limits(const UnitFacts& facts, double amperes);
  [[nodiscard]] Status set(Opcode opcode, std::uint32_t value);
  [[nodiscard]] Status start();

  // See usb::Device::read.
  [[nodiscard]] Result<std::size_t> read(std::span<usb::Packet> into, std::chrono::milliseconds timeout) {
    return device_->read(into, timeout);
  }
  [[nodiscard]] bool unplugged() const { return device_->unplugged(); }

 private:
  [[nodiscard]] Status require_settled() const;
  [[nodiscard]] Status order_stop();
  [[nodiscard]] Result<std::size_t> drain();
  [[nodiscard]] Result<bool> left_sample_mode(const std::stop_token& stop);
  [[nodiscard]] Result<std::uint32_t> ask(Opcode opcode);  // all four bytes
  [[nodiscard]] Result<std::uint32_t> get(Opcode opcode, int bytes);
  [[nodiscard]] Result<HvpmMemory::RailMemory> hvpm_rail(Rail rail);
  [[nodiscard]] Result<LvpmMemory::RailMemory> lvpm_rail(Rail rail);
  [[nodiscard]] Status read_scale(UnitFacts& facts);
  [[nodiscard]] Status set_and_check(Opcode opcode, std::uint32_t value, int bytes);

  std::unique_ptr<usb::Device> device_;
  Timebase& timebase_;
  bool streaming_ = false;
  bool settled_ = false;
};

}  // namespace joulemark::monsoon
