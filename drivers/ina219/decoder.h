// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/ina219/channels.h>
#include <drivers/ina219/chip/conversion_clock.h>
#include <drivers/ina219/chip/target_voltage.h>
#include <drivers/ina219/chip/unobserved.h>
#include <drivers/ina219/reading.h>
#include <drivers/instrument/sample_column.h>
#include <drivers/instrument/trouble.h>

#include <cstdint>
#include <optional>
#include <span>

namespace joulemark::ina219 {

// From readings to samples, on the capture clock: index by index of the converter's own conversions, each
// once, stamped with its end. Conversions that nobody read are gaps; the time that a measurement of the bus
// voltage takes is bridged (see UnobservedShunt). A voltage that is read at intervals becomes one for every
// conversion. Pure: knows no clock but the readings'.
class Decoder {
 public:
  // The sink outlives this.
  Decoder(const ChannelSetup& setup, SampleSink& sink);

  // Errors: the sink's.
  [[nodiscard]] Status accept(const Reading& reading);
  [[nodiscard]] Status flush();   // hands over what is buffered
  [[nodiscard]] Status finish();  // flush, and what is still to be told
  // Readings that did not fit into the hand-over: the missed conversions show by themselves.
  [[nodiscard]] Status overflowed(std::int64_t readings);

  // What CLOCK_MONOTONIC says, as of the last reading, at capture time 0; none before the first sample.
  [[nodiscard]] std::optional<TimeNs> zero_ns() const {
    return zero_ns_ ? std::optional(*zero_ns_ - shift_ns_) : std::nullopt;
  }
  [[nodiscard]] std::int64_t samples() const { return current_.taken(); }
  [[nodiscard]] std::int64_t missed() const { return missed_.total(); }
  [[nodiscard]] std::int64_t stale() const { return stale_.total(); }
  [[nodiscard]] TimeNs last_ns() const { return last_end_ns_ - zero_ns_.value_or(0); }
  // Over all that was read without interruption; none before a second of it.
  [[nodiscard]] std::optional<double> measured_period_s() const;

 private:
  using Step = ConversionClock::Step;

  [[nodiscard]] Step step_of(const Reading& reading);
  [[nodiscard]] Step paced_step(const Reading& reading);
  [[nodiscard]] Status conversion(const Reading& reading, const Step& step);
  [[nodiscard]] Status jump(const Reading& reading);
  [[nodiscard]] Status reconfigured(const Reading& reading);
  [[nodiscard]] Status skip(std::int64_t conversions, TimeNs until_ns);
  [[nodiscard]] Status bridge(const ShuntConversion& after);
  [[nodiscard]] Status watch_limits(const Reading& reading, std::int64_t index, TimeNs end_ns);
  [[nodiscard]] Status put_voltage(const Reading& reading, const ShuntConversion& shunt, TimeNs end_ns);
  [[nodiscard]] Status put_followed(std::span<const TargetVoltage::Sample> samples);
  [[nodiscard]] Status bus_voltage(const Reading& reading);
  [[nodiscard]] TimeNs capture_time(TimeNs time_ns) const { return time_ns - zero_ns_.value_or(time_ns); }

  ChannelSetup setup_;
  SampleSink& sink_;
  ConversionClock clock_;
  SampleColumn current_;
  SampleColumn voltage_;
  TargetVoltage target_voltage_;
  Spell clipped_;
  Spell bus_clipped_;
  Spell over_range_;
  Tally missed_;
  Tally stale_;
  Tally faults_;
  Tally overflow_;
  std::optional<TimeNs> zero_ns_;
  TimeNs shift_ns_ = 0;  // what the host's clock jumped back in all
  TimeNs last_end_ns_ = 0;
  ShuntConversion last_;    // in mode shunt, once there was one
  TimeNs paced_ns_ = 0;     // without conversion-ready: the last reading was due then, or sooner
  int settled_ = 0;         // conversions since the converter was started, up to when their times are exact
  double observed_ns_ = 0;  // between conversions that follow each other, missed ones included
  double observed_ = 0;     // how many that is
};

}  // namespace joulemark::ina219
