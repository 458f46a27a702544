// SPDX-License-Identifier: GPL-3.0-or-later
// The simulated target board: an ATmega328P at 8 MHz that runs firmware-probe/examples/kws (or another
// program for that board), its microphone, and what it draws. Times are nanoseconds since power-on.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <drivers/emulator/twin/avr_core.h>
#include <drivers/emulator/twin/sounds.h>
#include <drivers/emulator/twin/target_current.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace joulemark::twin {

inline constexpr int k_marker_lines = 4;  // PD4 to PD7
inline constexpr std::uint32_t k_target_hz = 8'000'000;

// Told what the target does, in order of time.
class TargetObserver {
 public:
  virtual ~TargetObserver() = default;
  virtual void load_changed(TimeNs time_ns, double load_a) = 0;
  virtual void marker_changed(TimeNs time_ns, int line, bool level) = 0;
  virtual void slept(TimeNs time_ns, bool deeply) = 0;  // fell asleep; deeply: in power-down
  virtual void woke(TimeNs time_ns) = 0;
};

class Target {
 public:
  // The observer outlives it. Errors: unreadable (no such firmware).
  [[nodiscard]] static Result<std::unique_ptr<Target>> load(const std::string& elf,
                                                            const SoundSettings& sounds,
                                                            TargetObserver& observer);
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  [[nodiscard]] TimeNs now_ns() const { return time_of(core_->now()); }
  // Runs to then at least, and a little further. Errors: protocol when the firmware
  // crashes, or sleeps in a way from which a real ATmega328P would not wake.
  [[nodiscard]] Status run_until(TimeNs time_ns);

  // Its reset pin, now.
  void reset();
  // A load that is not the target's own, in A; 0: none.
  void set_fault_load(double load_a);

 private:
  Target(std::unique_ptr<AvrCore> core, const SoundSettings& sounds, TargetObserver& observer);
  void watch_pins();
  void watch_registers();
  void fall_asleep(Cycle cycle);
  void set_clock(Cycle cycle, std::uint8_t prescaler);
  void announce_sound();
  void tell_load(TimeNs time_ns);
  [[nodiscard]] TimeNs time_of(Cycle cycle) const {
    return base_ns_ + static_cast<TimeNs>(cycle - base_cycle_) * ns_per_cycle_;
  }

  std::unique_ptr<AvrCore> core_;
  Sounds sounds_;
  TargetObserver& observer_;
  TargetState state_;
  std::array<bool, k_marker_lines> markers_{};
  TimeNs base_ns_ = 0;  // of base_cycle_, since when the clock has been what it is
  Cycle base_cycle_ = 0;
  TimeNs ns_per_cycle_ = 125;
  std::string complaint_;
};

}  // namespace joulemark::twin
