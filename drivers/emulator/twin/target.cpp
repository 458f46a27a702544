// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/target.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::twin {

namespace {

// Addresses in the data space.
constexpr std::uint16_t k_smcr = 0x53;
constexpr std::uint16_t k_clkpr = 0x61;
constexpr std::uint16_t k_timsk0 = 0x6E;
constexpr std::uint16_t k_adcsra = 0x7A;

constexpr std::uint8_t k_aden = 0x80;
constexpr std::uint8_t k_clkpce = 0x80;
constexpr TimeNs k_ns_per_undivided_cycle = 1'000'000'000 / k_target_hz;
constexpr int k_first_marker_bit = 4;

enum SleepMode : std::uint8_t { k_idle = 0, k_noise_reduction = 1, k_power_down = 2 };

}  // namespace

Result<std::unique_ptr<Target>> Target::load(const std::string& elf, const SoundSettings& sounds,
                                             TargetObserver& observer) {
  JM_TRY_ASSIGN(auto core, AvrCore::load(elf, k_target_hz));
  return std::unique_ptr<Target>(new Target(std::move(core), sounds, observer));
}

Target::Target(std::unique_ptr<AvrCore> core, const SoundSettings& sounds, TargetObserver& observer)
    : core_(std::move(core)), sounds_(sounds), observer_(observer) {
  core_->set_supply_mv(3300);
  core_->set_stride(1000);
  core_->limit_leaps(1000);
  watch_pins();
  watch_registers();
  core_->on_sleep([this](Cycle cycle, bool asleep) {
    if (asleep) return fall_asleep(cycle);
    state_.doing = Doing::running;
    observer_.woke(time_of(cycle));
    tell_load(time_of(cycle));
  });
  core_->on_conversion([this](Cycle cycle) {
    const double volts = 1.65 + sounds_.volts(time_of(cycle));
    return static_cast<std::uint32_t>(std::clamp(std::lround(volts * 1000), 0L, 3300L));
  });
  announce_sound();
  tell_load(0);
}

void Target::watch_pins() {
  for (int line = 0; line < k_marker_lines; ++line) {
    core_->on_pin('D', k_first_marker_bit + line, [this, line](Cycle cycle, bool level) {
      markers_[static_cast<std::size_t>(line)] = level;
      observer_.marker_changed(time_of(cycle), line, level);
    });
  }
  core_->on_pin('B', 1, [this](Cycle cycle, bool level) {
    state_.radio = level;
    tell_load(time_of(cycle));
  });
  core_->on_pin('B', 2, [this](Cycle cycle, bool level) {
    state_.led = level;
    tell_load(time_of(cycle));
  });
}

void Target::watch_registers() {
  core_->on_register(k_clkpr, [this](Cycle cycle, std::uint8_t value) {
    if ((value & k_clkpce) == 0) set_clock(cycle, value & 15);
  });
  core_->on_register(k_adcsra, [this](Cycle cycle, std::uint8_t value) {
    state_.converter = (value & k_aden) != 0;
    tell_load(time_of(cycle));
  });
}

// libsimavr sleeps in one way only: what would still run there stands still in silicon, and would not wake
// it.
void Target::fall_asleep(Cycle cycle) {
  const std::uint8_t smcr = core_->register_at(k_smcr);
  const auto mode = static_cast<std::uint8_t>(smcr >> 1 & 7);
  if ((smcr & 1) == 0) complaint_ = "the firmware sleeps without having enabled it (SMCR.SE)";
  const bool timers = core_->register_at(k_timsk0) != 0 || core_->register_at(k_timsk0 + 1) != 0 ||
                      core_->register_at(k_timsk0 + 2) != 0;
  if (mode == k_power_down && (timers || state_.converter))
    complaint_ = "the firmware sleeps in power-down with a timer's interrupt or the converter on";
  if (mode != k_idle && mode != k_noise_reduction && mode != k_power_down)
    complaint_ = "the firmware sleeps in a mode that is not simulated (idle and power-down are)";
  state_.doing = mode == k_power_down ? Doing::sleeping : Doing::idling;
  observer_.slept(time_of(cycle), state_.doing == Doing::sleeping);
  tell_load(time_of(cycle));
}

// What is counted in cycles goes on in cycles, only slower.
void Target::set_clock(Cycle cycle, std::uint8_t prescaler) {
  base_ns_ = time_of(cycle);
  base_cycle_ = cycle;
  ns_per_cycle_ = k_ns_per_undivided_cycle << prescaler;
  state_.clock_hz = static_cast<double>(k_target_hz) / static_cast<double>(1U << prescaler);
  tell_load(base_ns_);
}

// The microphone's pin at both ends of the sound to come.
void Target::announce_sound() {
  for (const bool level : {true, false}) {
    const TimeNs time_ns = level ? sounds_.current().begin_ns : sounds_.current().end_ns;
    const TimeNs wait_ns = std::max<TimeNs>(time_ns - now_ns(), 0);
    core_->set_pin_at(core_->now() + static_cast<Cycle>(wait_ns / ns_per_cycle_), 'B', 0, level);
  }
}

void Target::tell_load(TimeNs time_ns) {
  observer_.load_changed(time_ns, target_current_a(state_));
}

Status Target::run_until(TimeNs time_ns) {
  while (now_ns() < time_ns) {
    if (now_ns() >= sounds_.current().end_ns) {
      sounds_.next();
      announce_sound();
    }
    const TimeNs stop_ns = std::min(time_ns, std::max(sounds_.current().end_ns, now_ns() + 1));
    const auto cycles = static_cast<Cycle>((stop_ns - now_ns() + ns_per_cycle_ - 1) / ns_per_cycle_);
    if (!core_->run_until(core_->now() + cycles))
      return fail(ErrorCode::protocol, "the target's firmware crashed");
    if (!complaint_.empty()) return fail(ErrorCode::protocol, complaint_);
  }
  return {};
}

void Target::reset() {
  const TimeNs time_ns = now_ns();
  core_->reset();
  base_ns_ = time_ns;
  base_cycle_ = core_->now();
  ns_per_cycle_ = k_ns_per_undivided_cycle;
  state_ = {.fault_a = state_.fault_a};
  for (int line = 0; line < k_marker_lines; ++line) {
    if (std::exchange(markers_[static_cast<std::size_t>(line)], false))
      observer_.marker_changed(time_ns, line, false);
  }
  observer_.woke(time_ns);
  tell_load(time_ns);
  announce_sound();
}

void Target::set_fault_load(double load_a) {
  state_.fault_a = load_a;
  tell_load(now_ns());
}

}  // namespace joulemark::twin
