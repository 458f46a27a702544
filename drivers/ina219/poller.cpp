// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/poller.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace joulemark::ina219 {
namespace {

constexpr TimeNs k_longest_wait_ns = 20'000'000;
constexpr TimeNs k_after_failure_ns = 2'000'000;
constexpr TimeNs k_check_every_ns = 1'000'000'000;
constexpr TimeNs k_gone_after_ns = 1'000'000'000;  // of failing transfers alone
constexpr TimeNs k_stalled_after_ns = 2'000'000'000;
constexpr TimeNs k_bus_timeout_ns = 50'000'000;
constexpr double k_ask_early = 0.15;    // of a period
constexpr double k_ask_early_s = 1e-3;  // at most
constexpr double k_held_up = 0.125;     // of a period: more than transfers differ

constexpr auto reg(Register which) {
  return static_cast<std::uint8_t>(which);
}

TimeNs ns(double seconds) {
  return from_seconds(seconds);
}

}  // namespace

int Poller::configure(Mode mode) {
  return bus_.write(reg(Register::configuration), plan_.configuration.with_mode(mode).code());
}

int Poller::start() {
  const int error = bus_.write(reg(Register::calibration), plan_.calibration);
  if (error != 0) return error;
  const TimeNs now_ns = timebase_.steady_ns();
  silence_.well(now_ns);
  sound_ns_ = now_ns;
  next_bus_ns_ = now_ns;
  next_check_ns_ = now_ns + k_check_every_ns;
  const int configured = configure(plan_.configuration.mode);
  constexpr std::array k_calibration{reg(Register::calibration)};
  std::array<std::uint16_t, 1> code{};
  if (bus_.read(k_calibration, code) == 0) keeps_calibration_ = code[0] == plan_.calibration;
  restart(now_ns);
  restarted_ = false;
  return configured;
}

// Writing the mode starts a conversion anew.
void Poller::restart(TimeNs now_ns) {
  restarted_ = true;
  after_ns_ = now_ns;
  due_ns_ =
      plan_.clocked ? now_ns + ns((k_shortest - k_ask_early) * plan_.period_s) : now_ns + ns(plan_.period_s);
}

Poller::Turn Poller::step() {
  if (pending_) return {State::going, std::exchange(pending_, std::nullopt)};
  const TimeNs now_ns = timebase_.steady_ns();
  if (silence_.still_wrong(now_ns) > k_stalled_after_ns) return {State::stalled, std::nullopt};
  const bool between = std::exchange(between_, false);
  if (plan_.bus_interval_s > 0 && now_ns >= next_bus_ns_ && between) return measure_bus_voltage();
  if (due_ns_ > now_ns) {
    timebase_.wait(std::min(due_ns_ - now_ns, k_longest_wait_ns));
    if (due_ns_ - now_ns > k_longest_wait_ns) return {};
  }
  if (astray_) return take_back();
  return plan_.clocked ? poll() : pace();
}

// As long as it may be in the mode of the bus voltage, what it shows as ready is no conversion of the shunt.
Poller::Turn Poller::take_back() {
  const TimeNs now_ns = timebase_.steady_ns();
  if (const int error = configure(plan_.configuration.mode)) return failed(error);
  astray_ = false;
  restart(now_ns);
  return {};
}

Poller::Turn Poller::poll() {
  constexpr std::array k_bus{reg(Register::bus_voltage)};
  std::array<std::uint16_t, 1> code{};
  Reading reading;
  const TimeNs asked_ns = timebase_.steady_ns();
  if (const int error = bus_.read(k_bus, code)) return failed(error);
  reading.before_ns = timebase_.steady_ns();
  const BusVoltage bus = bus_voltage_from(code[0]);
  if (!bus.ready) {
    after_ns_ = asked_ns;
    return {};
  }
  reading.bus = code[0];
  reading.overflow = bus.overflow;
  reading.after_ns = after_ns_;
  return take(reading);
}

// A transfer takes what it takes; beyond that this process was held up, before it or after.
TimeNs Poller::held_up_ns(TimeNs took_ns) {
  quickest_ns_ = std::min(quickest_ns_.value_or(took_ns), took_ns);
  return took_ns - *quickest_ns_;
}

// Once held up for so long that another conversion may have ended meanwhile, nobody can say of which the
// value is: it is left out, and shows as missed.
Poller::Turn Poller::take(const Reading& ready) {
  constexpr std::array k_shunt_and_power{reg(Register::shunt_voltage), reg(Register::power)};
  std::array<std::uint16_t, 2> codes{};
  Reading reading = ready;
  const TimeNs begin_ns = reading.before_ns;
  if (const int error = bus_.read(k_shunt_and_power, codes)) return failed(error);
  const TimeNs held_ns = held_up_ns(timebase_.steady_ns() - begin_ns);
  reading.read_ns = begin_ns + held_ns;
  between_ = true;
  succeeded(reading.read_ns);
  const TimeNs period_ns = ns(plan_.period_s);
  if (held_ns > ns(k_held_up * plan_.period_s) && reading.read_ns - reading.after_ns > period_ns) {
    due_ns_ = 0;
    return {};
  }
  after_ns_ = begin_ns;
  reading.shunt = codes[0];
  reading.restarted = std::exchange(restarted_, false);
  const bool prompt = reading.before_ns - reading.after_ns < period_ns;
  const double early_s = std::max(2 * plan_.poll_s, std::min(k_ask_early * plan_.period_s, k_ask_early_s));
  due_ns_ = prompt ? reading.after_ns + ns(plan_.period_s - early_s) : 0;
  return check_configuration({State::going, reading});
}

Poller::Turn Poller::pace() {
  constexpr std::array k_voltages{reg(Register::shunt_voltage), reg(Register::bus_voltage)};
  std::array<std::uint16_t, 2> codes{};
  Reading reading;
  reading.after_ns = timebase_.steady_ns();
  if (const int error = bus_.read(k_voltages, codes)) return failed(error);
  reading.before_ns = timebase_.steady_ns();
  reading.read_ns = reading.after_ns + (reading.before_ns - reading.after_ns) / 2;
  reading.shunt = codes[0];
  reading.bus = codes[1];
  reading.overflow = bus_voltage_from(codes[1]).overflow;
  reading.restarted = std::exchange(restarted_, false);
  if (reading.restarted) reading.after_ns = after_ns_;
  while (due_ns_ <= reading.before_ns)
    due_ns_ += ns(plan_.period_s);
  between_ = true;
  succeeded(reading.read_ns);
  return check_configuration({State::going, reading});
}

Poller::Turn Poller::measure_bus_voltage() {
  Reading reading;
  reading.kind = Reading::Kind::bus;
  const TimeNs begin_ns = timebase_.steady_ns();
  next_bus_ns_ = std::max(next_bus_ns_ + ns(plan_.bus_interval_s), begin_ns);
  reading.after_ns = begin_ns;
  astray_ = true;
  if (const int error = configure(Mode::bus_once)) return failed(error);
  const int error = await_bus_voltage(reading);
  const TimeNs end_ns = timebase_.steady_ns();
  if (const int restored = configure(plan_.configuration.mode)) return failed(restored);
  astray_ = false;
  restart(end_ns);
  if (error != 0) return failed(error);
  succeeded(end_ns);
  return {State::going, reading};
}

int Poller::await_bus_voltage(Reading& reading) {
  constexpr std::array k_bus{reg(Register::bus_voltage)};
  std::array<std::uint16_t, 1> code{};
  timebase_.wait(ns(plan_.bus_s * (plan_.clocked ? k_shortest - k_ask_early : k_longest)));
  const TimeNs give_up_ns = timebase_.steady_ns() + ns(plan_.bus_s) + k_bus_timeout_ns;
  while (true) {
    const TimeNs asked_ns = timebase_.steady_ns();
    if (const int error = bus_.read(k_bus, code)) return error;
    reading.before_ns = timebase_.steady_ns();
    reading.read_ns = reading.before_ns;
    reading.bus = code[0];
    if (bus_voltage_from(code[0]).ready || !plan_.clocked) return 0;
    reading.after_ns = asked_ns;
    if (asked_ns > give_up_ns) return ETIME;
  }
}

// A dip of the chip's supply resets it; what it then measures looks right but for its range and its rate.
Poller::Turn Poller::check_configuration(Turn turn) {
  const TimeNs now_ns = timebase_.steady_ns();
  if (now_ns < next_check_ns_) return turn;
  constexpr std::array k_written{reg(Register::configuration), reg(Register::calibration)};
  std::array<std::uint16_t, 2> codes{};
  if (bus_.read(k_written, codes) != 0) return turn;  // the next transfer will tell
  const bool calibrated = codes[1] == plan_.calibration || !keeps_calibration_;
  if (calibrated && configuration_from(codes[0]) == plan_.configuration) {
    sound_ns_ = now_ns;
    next_check_ns_ = now_ns + k_check_every_ns;
    return turn;
  }
  const Reading told = reconfigure(now_ns);
  if (told.error != 0 && now_ns < next_told_ns_) return turn;
  next_told_ns_ = told.error != 0 ? now_ns + k_check_every_ns : 0;
  pending_ = told;
  return turn;
}

std::optional<Reading> Poller::look_at_the_end() {
  next_check_ns_ = 0;
  static_cast<void>(check_configuration({}));
  return std::exchange(pending_, std::nullopt);
}

// Measuring the bus voltage writes the configuration anew, but not the calibration, which tells of a reset in
// any case. What cannot be written is tried again after the next conversion.
Reading Poller::reconfigure(TimeNs now_ns) {
  Reading told;
  told.kind = Reading::Kind::reconfigured;
  told.after_ns = sound_ns_;
  told.before_ns = told.read_ns = now_ns;
  told.error = bus_.write(reg(Register::calibration), plan_.calibration);
  if (told.error == 0) told.error = configure(plan_.configuration.mode);
  if (told.error != 0) return told;
  restart(now_ns);
  sound_ns_ = now_ns;
  next_check_ns_ = now_ns + k_check_every_ns;
  return told;
}

void Poller::succeeded(TimeNs now_ns) {
  silence_.well(now_ns);
  if (failing_) next_check_ns_ = now_ns;
  failing_.reset();
}

Poller::Turn Poller::failed(int error) {
  const TimeNs now_ns = timebase_.steady_ns();
  if (!failing_) failing_.emplace(now_ns);
  if (i2c::is_gone(error) || failing_->still_wrong(now_ns) >= k_gone_after_ns)
    return {State::unplugged, std::nullopt};
  due_ns_ = now_ns + k_after_failure_ns;
  Reading reading;
  reading.kind = Reading::Kind::fault;
  reading.error = error;
  reading.read_ns = now_ns;
  return {State::going, reading};
}

}  // namespace joulemark::ina219
