// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/go_on.h>
#include <drivers/monsoon/unit.h>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace joulemark::monsoon {
namespace {

constexpr double k_voltage_unit = 1048576;  // Q20
constexpr std::chrono::milliseconds k_quiet{50};
constexpr TimeNs k_settle_for = 10'000'000'000;
constexpr TimeNs k_stop_again = 1'000'000'000;
constexpr TimeNs k_poll_every = 10'000'000;
constexpr TimeNs k_old_firmware_wait = 1'000'000'000;
constexpr double k_voltage_tolerance_v = 0.02;

struct Limits {
  double lowest_v, highest_v, highest_a;
};
constexpr Limits k_hvpm_limits{0.8, 13.5, 15};
constexpr Limits k_lvpm_limits{2.01, 4.55, 8};

const Limits& limits_of(Model model) {
  return model == Model::hvpm ? k_hvpm_limits : k_lvpm_limits;
}

bool dac_is_sane(int low, int high) {
  return low > 0xD000 && low < 0xF000 && high > 0xC000 && high < 0xD000;
}

// Sources disagree on the sense of the HVPM's; this is what the vendor's library sends, truncated.
std::uint32_t limit_code(Model model, double amperes) {
  const double code =
      model == Model::hvpm ? 0x0F00 + (65535 - 0x0F00) * amperes / 15.625 : 1023 * (1 - amperes / 8);
  return static_cast<std::uint32_t>(code);
}

std::array<std::byte, 4> little_endian(std::uint32_t value) {
  return {std::byte(value), std::byte(value >> 8), std::byte(value >> 16), std::byte(value >> 24)};
}

}  // namespace

Status check_voltage(const UnitFacts& facts, double volts) {
  if (volts == 0) return {};
  const Limits& limits = limits_of(facts.model);
  if (!(volts >= limits.lowest_v && volts <= limits.highest_v)) {
    return fail(ErrorCode::usage,
                fmt::format("an {} puts out {} V to {} V, or 0 for off, not {} V", name_of(facts.model),
                            limits.lowest_v, limits.highest_v, volts));
  }
  if (facts.model != Model::hvpm || dac_is_sane(facts.dac_low, facts.dac_high)) return {};
  return fail(
      ErrorCode::unsafe,
      fmt::format("the unit's voltage calibration is out of tolerance (dacCalLow 0x{:04X}, dacCalHigh "
                  "0x{:04X}): it might put out any voltage, so none is set; calibrate its main voltage "
                  "with the vendor's software (firmware 32)",
                  facts.dac_low, facts.dac_high));
}

Status check_current_limit(const UnitFacts& facts, double amperes) {
  const double highest_a = limits_of(facts.model).highest_a;
  if (amperes >= 0.01 && amperes <= highest_a) return {};
  return fail(ErrorCode::usage, fmt::format("the current limit of an {} is 0.01 A to {} A, not {} A",
                                            name_of(facts.model), highest_a, amperes));
}

Status Unit::require_settled() const {
  if (settled_) return {};
  return fail(ErrorCode::unsafe, "an order to a unit that may be sampling was held back");
}

Status Unit::order_stop() {
  settled_ = false;
  return device_->control_out({static_cast<std::uint8_t>(Request::stop), 0, 0}, {});
}

Result<bool> Unit::settle(const std::stop_token& stop) {
  JM_TRY(order_stop());
  if (!streaming_) JM_TRY(device_->start_stream(k_bulk_in));
  streaming_ = true;
  JM_TRY_ASSIGN(const std::size_t drained, drain());
  TimeNs stopped_ns = timebase_.steady_ns();
  for (const TimeNs end_ns = stopped_ns + k_settle_for; timebase_.steady_ns() < end_ns;) {
    JM_TRY(go_on(stop));
    JM_TRY_ASSIGN(const bool left, left_sample_mode(stop));
    JM_TRY_ASSIGN(const std::size_t more,
                  drain());  // what is fetched later would stand in the next recording
    settled_ = left && more == 0;
    if (settled_) return drained > 0;
    timebase_.wait(k_poll_every);
    if (timebase_.steady_ns() - stopped_ns < k_stop_again) continue;
    JM_TRY(order_stop());
    stopped_ns = timebase_.steady_ns();
  }
  return fail(ErrorCode::protocol, "the unit does not stop sampling; switch it off and on");
}

// Until nothing comes for a while.
Result<std::size_t> Unit::drain() {
  std::array<usb::Packet, 64> packets;
  std::size_t total = 0;
  for (const TimeNs end_ns = timebase_.steady_ns() + k_stop_again; timebase_.steady_ns() < end_ns;) {
    JM_TRY_ASSIGN(const std::size_t count, device_->read(packets, k_quiet));
    if (count == 0) break;
    total += count;
  }
  return total;
}

Result<bool> Unit::left_sample_mode(const std::stop_token& stop) {
  JM_TRY_ASSIGN(const std::uint32_t firmware, ask(Opcode::firmware_version));
  if (firmware == k_refused) return false;
  if (static_cast<int>(firmware & 0xFF) < k_status_firmware) {  // cannot be asked: give it time
    for (TimeNs left_ns = k_old_firmware_wait; left_ns > 0; left_ns -= k_poll_every) {
      JM_TRY(go_on(stop));
      timebase_.wait(k_poll_every);
    }
    return true;
  }
  JM_TRY_ASSIGN(const std::uint32_t status, ask(Opcode::start_status));
  return status != k_refused && (status & k_sampling_bit) == 0;
}

Result<std::uint32_t> Unit::ask(Opcode opcode) {
  std::array<std::byte, 4> reply{};
  JM_TRY_ASSIGN(const std::size_t size, device_->control_in({static_cast<std::uint8_t>(Request::parameter), 0,
                                                             static_cast<std::uint16_t>(opcode)},
                                                            reply));
  if (size == 0) {
    return fail(ErrorCode::protocol,
                fmt::format("the unit answers nothing to 0x{:02X}", static_cast<int>(opcode)));
  }
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= std::to_integer<std::uint32_t>(reply[i]) << (8 * i);
  return value;
}

Result<std::uint32_t> Unit::get(Opcode opcode, int bytes) {
  JM_TRY(require_settled());
  JM_TRY_ASSIGN(const std::uint32_t value, ask(opcode));
  if (value == k_refused) {
    return fail(
        ErrorCode::protocol,
        fmt::format("the unit refuses to answer 0x{:02X}, as if it were sampling", static_cast<int>(opcode)));
  }
  return bytes == 4 ? value : value & ((1U << (8 * bytes)) - 1);
}

Status Unit::set(Opcode opcode, std::uint32_t value) {
  JM_TRY(require_settled());
  const auto index = static_cast<std::uint16_t>((value >> 8 & 0xFF00) | static_cast<std::uint32_t>(opcode));
  return device_->control_out(
      {static_cast<std::uint8_t>(Request::parameter), static_cast<std::uint16_t>(value & 0xFFFF), index},
      little_endian(value));
}

Result<UnitFacts> Unit::facts() {
  UnitFacts facts;
  JM_TRY_ASSIGN(const std::uint32_t model, get(Opcode::hardware_model, 2));
  if (model != 1 && model != 2) {
    return fail(ErrorCode::protocol, fmt::format("hardware model {} is neither an LVPM nor an HVPM", model));
  }
  facts.model = static_cast<Model>(model);
  const auto read = [this](Opcode opcode, int bytes, int& into) -> Status {
    JM_TRY_ASSIGN(const std::uint32_t value, get(opcode, bytes));
    into = static_cast<int>(value);
    return {};
  };
  JM_TRY(read(Opcode::serial_number, 2, facts.serial));
  JM_TRY(read(Opcode::firmware_version, 1, facts.firmware));
  JM_TRY(read(Opcode::protocol_version, 1, facts.protocol));
  if (facts.model == Model::hvpm) {
    JM_TRY(read(Opcode::dac_cal_low, 2, facts.dac_low));
    JM_TRY(read(Opcode::dac_cal_high, 2, facts.dac_high));
  }
  JM_TRY(read_scale(facts));
  return facts;
}

Result<HvpmMemory::RailMemory> Unit::hvpm_rail(Rail rail) {
  const auto step = static_cast<std::uint8_t>(2 * static_cast<int>(rail));  // opcodes come in pairs
  const auto opcode = [step](Opcode first) {
    return static_cast<Opcode>(static_cast<std::uint8_t>(first) + step);
  };
  HvpmMemory::RailMemory memory;
  JM_TRY_ASSIGN(const std::uint32_t fine, get(opcode(Opcode::main_fine_scale), 2));
  JM_TRY_ASSIGN(const std::uint32_t coarse, get(opcode(Opcode::main_coarse_scale), 2));
  memory.fine_ua = static_cast<std::uint16_t>(fine);
  memory.coarse_ma = static_cast<std::uint16_t>(coarse);
  if (rail == Rail::aux) return memory;  // has no zero offsets
  JM_TRY_ASSIGN(const std::uint32_t fine_zero, get(opcode(Opcode::main_fine_zero), 2));
  JM_TRY_ASSIGN(const std::uint32_t coarse_zero, get(opcode(Opcode::main_coarse_zero), 2));
  memory.fine_zero = static_cast<std::int16_t>(fine_zero);
  memory.coarse_zero = static_cast<std::int16_t>(coarse_zero);
  return memory;
}

Result<LvpmMemory::RailMemory> Unit::lvpm_rail(Rail rail) {
  constexpr std::array<std::pair<Opcode, Opcode>, k_rails> k_resistors{{
      {Opcode::main_fine_resistor, Opcode::main_coarse_resistor},
      {Opcode::usb_fine_resistor, Opcode::usb_coarse_resistor},
      {Opcode::aux_fine_resistor, Opcode::aux_coarse_resistor},
  }};
  const auto [fine_opcode, coarse_opcode] = k_resistors[static_cast<std::size_t>(rail)];
  JM_TRY_ASSIGN(const std::uint32_t fine, get(fine_opcode, 1));
  JM_TRY_ASSIGN(const std::uint32_t coarse, get(coarse_opcode, 1));
  return LvpmMemory::RailMemory{static_cast<std::int8_t>(fine), static_cast<std::int8_t>(coarse)};
}

Status Unit::read_scale(UnitFacts& facts) {
  HvpmMemory hvpm;
  LvpmMemory lvpm;
  for (const Rail rail : {Rail::main, Rail::usb, Rail::aux}) {
    const auto i = static_cast<std::size_t>(rail);
    if (i > 0) facts.calibration += "; ";
    if (facts.model == Model::hvpm) {
      JM_TRY_ASSIGN(const auto memory, hvpm_rail(rail));
      hvpm.rails[i] = memory;
      facts.calibration += fmt::format("{} {} uA {} mA zero {:+} {:+}", name_of(rail), memory.fine_ua,
                                       memory.coarse_ma, memory.fine_zero, memory.coarse_zero);
    } else {
      JM_TRY_ASSIGN(const auto memory, lvpm_rail(rail));
      lvpm.rails[i] = memory;
      facts.calibration += fmt::format("{} resistors {:+} {:+}", name_of(rail), memory.fine, memory.coarse);
    }
  }
  facts.scale = facts.model == Model::hvpm ? scale_of(hvpm) : scale_of(lvpm);
  return {};
}

Result<double> Unit::voltage() {
  JM_TRY_ASSIGN(const std::uint32_t raw, get(Opcode::main_voltage, 4));
  return raw / k_voltage_unit;
}

Status Unit::set_voltage(const UnitFacts& facts, double volts) {
  JM_TRY(check_voltage(facts, volts));
  JM_TRY(set(Opcode::main_voltage, static_cast<std::uint32_t>(std::llround(volts * k_voltage_unit))));
  JM_TRY_ASSIGN(const double now, voltage());
  if (std::abs(now - volts) <= k_voltage_tolerance_v) return {};
  return fail(ErrorCode::protocol,
              fmt::format("the unit was set to {} V but says {:.4f} V; check its output before going on",
                          volts, now));
}

Status Unit::set_current_limits(const UnitFacts& facts, double amperes) {
  JM_TRY(check_current_limit(facts, amperes));
  const std::uint32_t code = limit_code(facts.model, amperes);
  JM_TRY(set_and_check(Opcode::power_up_current_limit, code, 2));
  return set_and_check(Opcode::run_time_current_limit, code, 2);
}

Status Unit::set_and_check(Opcode opcode, std::uint32_t value, int bytes) {
  JM_TRY(set(opcode, value));
  JM_TRY_ASSIGN(const std::uint32_t now, get(opcode, bytes));
  if (now == value) return {};
  return fail(ErrorCode::protocol,
              fmt::format("the unit took {} for 0x{:02X} but says {}", value, static_cast<int>(opcode), now));
}

Status Unit::start() {
  JM_TRY(require_settled());
  settled_ = false;
  return device_->control_out({static_cast<std::uint8_t>(Request::start), k_calibration_interval_ms, 0},
                              little_endian(0xFFFFFFFF));
}

}  // namespace joulemark::monsoon
