// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/ina219/chip/conversion_clock.h>
#include <drivers/ina219/chip/target_voltage.h>
#include <drivers/ina219/chip/unobserved.h>
#include <drivers/instrument/sample_column.h>
#include <drivers/instrument/trouble.h>
#include <drivers/probe/capture_clock.h>
#include <drivers/probe/setup.h>

#include <jm_wire.h>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace joulemark::probe {

// From records to samples on the capture clock, each stamped with the end of its conversion. The index of the
// current counts conversions: what was lost on the way, in the probe or before it is a gap; the time that a
// measurement of the bus voltage takes is bridged (see ina219::UnobservedShunt). An INA219's voltage that is
// read at intervals becomes one for every conversion. Pure.
class SampleStream {
 public:
  // All outlive it. The clock is set by the first sample of the current.
  SampleStream(const Setup& setup, CaptureClock& clock, SampleSink& sink);

  // Errors (here and below): the sink's.
  [[nodiscard]] Status accept(const jm_wire_samples& samples);
  // The probe's numbers start anew: only time tells what is missing.
  void restart_numbers() { next_number_ = 0; }
  // Capture time across which the probe's clock jumped back, once.
  [[nodiscard]] std::optional<TimeRange> take_jump() { return std::exchange(jump_, std::nullopt); }
  // Nothing more comes before that time on the probe's clock: tells what is missing until then.
  [[nodiscard]] Status close(TimeNs probe_ns);
  [[nodiscard]] Status flush();
  [[nodiscard]] Status finish();

  [[nodiscard]] bool started() const { return clock_.offset_ns && any_; }
  [[nodiscard]] TimeNs last_ns() const { return last_end_ns_; }  // capture time
  [[nodiscard]] std::int64_t samples() const { return current_.taken(); }
  [[nodiscard]] std::int64_t lost() const { return lost_.total(); }

 private:
  struct Record {
    TimeNs stamp_ns = 0;  // on the probe's clock
    int current = 0;
    int voltage = 0;
  };

  [[nodiscard]] Status follow_numbers(const jm_wire_samples& samples);
  [[nodiscard]] bool came_before(const jm_wire_samples& samples) const;
  [[nodiscard]] Status conversion(const Record& record);
  [[nodiscard]] Status bus_voltage(const Record& record);
  [[nodiscard]] std::optional<TimeNs> end_of(TimeNs stamp_ns);
  [[nodiscard]] std::int64_t numbers_missing() const;
  [[nodiscard]] Result<std::int64_t> missing(TimeNs end_ns);
  [[nodiscard]] Status skip(std::int64_t conversions, TimeNs until_ns);
  [[nodiscard]] Result<std::int64_t> jump_back(TimeNs& stamp_ns);
  [[nodiscard]] Status put(const Record& record, TimeNs end_ns, bool follows_last);
  [[nodiscard]] Status put_voltage(int code, TimeNs end_ns);
  [[nodiscard]] Status bridge(const ina219::ShuntConversion& after);
  [[nodiscard]] Status put_followed(std::span<const ina219::TargetVoltage::Sample> samples);
  [[nodiscard]] Status watch_voltage(bool clipped, TimeNs aperture_ns, TimeNs end_ns);

  Setup setup_;
  CaptureClock& clock_;
  SampleSink& sink_;
  TimeNs lag_ns_;
  TimeNs period_ns_;
  TimeNs aperture_ns_;
  TimeNs bus_ns_;
  std::size_t current_bit_;
  std::size_t voltage_bit_;
  bool both_;
  bool follows_;
  ina219::ConversionClock conversions_;
  SampleColumn current_;
  SampleColumn voltage_;
  ina219::TargetVoltage target_voltage_;
  Spell clipped_;
  Spell bus_clipped_;
  Tally lost_;
  Tally close_;
  Tally repeated_;
  Tally misnumbered_;
  std::uint32_t next_number_ = 0;
  std::int64_t lost_numbers_ = 0;  // since the last sample of the current
  TimeNs last_stamp_ns_ = 0;       // of a record, on the probe's clock
  std::optional<TimeRange> jump_;
  bool any_ = false;              // a sample of the current came
  bool interrupted_ = false;      // a bus voltage was measured since the last one
  TimeNs last_end_ns_ = 0;        // capture time
  ina219::ShuntConversion last_;  // once there was any
  TimeNs last_voltage_ns_ = 0;
  bool any_voltage_ = false;
  bool reading_clipped_ = false;         // the bus voltage that was last read
  std::optional<Record> early_voltage_;  // before the first sample of the current
};

}  // namespace joulemark::probe
