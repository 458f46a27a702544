// SPDX-License-Identifier: GPL-3.0-or-later
// Two simulated boards on one bench: the target, and the probe that measures it, both running real firmware
// in lock-step, an INA219 and the target's capacitor between them. Times are nanoseconds since both were
// powered on.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <drivers/emulator/twin/avr_core.h>
#include <drivers/emulator/twin/avr_twi.h>
#include <drivers/emulator/twin/faults.h>
#include <drivers/emulator/twin/ina219_chip.h>
#include <drivers/emulator/twin/line_noise.h>
#include <drivers/emulator/twin/start_watch.h>
#include <drivers/emulator/twin/supply_path.h>
#include <drivers/emulator/twin/target.h>
#include <drivers/emulator/twin/truth.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark::twin {

struct TwinSettings {
  std::string target_firmware;  // ELF files
  std::string probe_firmware;
  SupplySettings supply;
  emulator::Ina219Settings sensor;  // its shunt is the supply path's
  SoundSettings sounds;
  std::vector<Fault> faults;
};

class Twin final : private TargetObserver, private emulator::Ina219Load {
 public:
  // Errors: unreadable (no such firmware), protocol (it crashes at once).
  [[nodiscard]] static Result<std::unique_ptr<Twin>> power_on(const TwinSettings& settings);

  [[nodiscard]] TimeNs now_ns() const { return ns_of(probe_->now()); }
  // Errors: protocol when a firmware crashes or sleeps for ever.
  [[nodiscard]] Status run_until(TimeNs time_ns);

  // To the probe's serial port, and what has come from it since asked last.
  void send(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::vector<std::uint8_t> take_received();

  // The markers' names by line.
  [[nodiscard]] std::string truth_json(const std::vector<std::string>& names) const;
  [[nodiscard]] const Truth& truth() const { return truth_; }
  [[nodiscard]] const Ina219Chip::Tally& tally() const { return chip_.tally(); }
  // When the probe's clock was 0.
  [[nodiscard]] TimeNs probe_clock_start_ns() const { return probe_clock_start_ns_; }

 private:
  explicit Twin(const TwinSettings& settings);
  void start_probe_clock();
  void apply_faults();
  [[nodiscard]] bool begin_fault(const Fault& fault);
  void set_fault(FaultKind kind, bool on);
  [[nodiscard]] bool reset_target_in_event();

  void load_changed(TimeNs time_ns, double load_a) override;
  void marker_changed(TimeNs time_ns, int line, bool level) override;
  void slept(TimeNs time_ns, bool deeply) override { truth_.slept(time_ns, deeply); }
  void woke(TimeNs time_ns) override { truth_.woke(time_ns); }
  double mean_current_a(TimeRange window) override { return supply_.mean_current_a(window); }
  double mean_voltage_v(TimeRange window) override { return supply_.mean_voltage_v(window); }

  SupplyPath supply_;
  Truth truth_;
  Ina219Chip chip_;
  std::unique_ptr<AvrCore> probe_;
  std::unique_ptr<AvrTwi> twi_;
  std::unique_ptr<Target> target_;
  struct UnderWay {
    FaultKind kind;
    TimeNs end_ns;
  };
  std::vector<Fault> faults_;  // to come
  std::vector<UnderWay> under_way_;
  LineNoise noise_;
  StartWatch start_watch_;
  TimeNs probe_clock_start_ns_ = 0;
  std::optional<TimeNs> started_ns_;  // sampling, last
  bool in_event_ = false;             // on line 0
  TimeNs event_since_ns_ = 0;
  std::vector<std::uint8_t> received_;
};

}  // namespace joulemark::twin
