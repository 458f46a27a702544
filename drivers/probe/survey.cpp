// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/chip/chip_options.h>
#include <drivers/ina219/chip/conversion_clock.h>
#include <drivers/ina219/chip/registers.h>
#include <drivers/probe/survey.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace joulemark::probe {
namespace {

constexpr TimeNs k_hello_ns = 6'000'000'000;  // a boot loader may come first
constexpr std::uint16_t k_lease_s = 5;
constexpr double k_measure_s = 0.25;
constexpr double k_read_s = 0.5e-3;  // about: below 12 bits reading a sample takes longer than converting it
constexpr double k_fewest = 8;
constexpr double k_most = 1024;

Result<std::uint16_t> line_mask(const Hello& hello, const Settings& settings) {
  if (settings.lines.empty()) return hello.facts.watched;
  unsigned mask = 0;
  for (const NamedLine& line : settings.lines) {
    if (line.line >= hello.lines.size()) {
      return fail(ErrorCode::usage, fmt::format("option 'lines': there is no d{}, the probe has {}",
                                                line.line, format_count(std::ssize(hello.lines), "line")));
    }
    mask |= 1U << line.line;
  }
  return static_cast<std::uint16_t>(mask);
}

Result<ina219::Configuration> configuration_for(const Settings& settings, double shunt_ohm) {
  ina219::Configuration configuration;
  configuration.bus_range = settings.bus_range;
  configuration.bus_adc = settings.both ? settings.adc->code : std::uint8_t{3};
  configuration.shunt_adc = settings.adc->code;
  configuration.mode = settings.both ? ina219::Mode::both : ina219::Mode::shunt;
  if (!settings.max_current_a) return configuration;
  JM_TRY(ina219::check_current(settings.max_current_a, shunt_ohm));
  configuration.range = *ina219::range_for(*settings.max_current_a * shunt_ohm);
  return configuration;
}

Result<std::uint16_t> bus_every_for(const Hello& hello, const Settings& settings, double sample_s) {
  constexpr double k_most_conversions = 65535;
  if (settings.both || settings.voltage_v || !hello.can(JM_WIRE_CAN_MEASURE_BUS)) return 0;
  const double conversions = std::round(settings.bus_interval_s / sample_s);
  if (conversions > k_most_conversions) {
    return fail(
        ErrorCode::usage,
        fmt::format("option 'bus_interval': the probe counts {:.0f} conversions at most, which is {:.3g} s "
                    "with adc={}",
                    k_most_conversions, k_most_conversions * sample_s, settings.adc->name));
  }
  return static_cast<std::uint16_t>(std::max(1.0, conversions));
}

jm_wire_configure settings_in_force(const jm_wire_hello& has) {
  return {has.sensor_config, has.bus_every, has.shunt_uohm, has.watched, 0, has.sensor_address};
}

Result<jm_wire_configure> wanted_of(const Hello& hello, const Settings& settings, double sample_s) {
  const jm_wire_hello& has = hello.facts;
  jm_wire_configure wanted = settings_in_force(has);
  JM_TRY_ASSIGN(wanted.lines, line_mask(hello, settings));
  if (settings.shunt_ohm)
    wanted.shunt_uohm = static_cast<std::uint32_t>(std::max(1.0, std::round(*settings.shunt_ohm * 1e6)));
  if (has.sensor != JM_WIRE_INA219 || !hello.can(JM_WIRE_CAN_CONFIGURE)) {
    if (!settings.sensor_options) return wanted;
    return fail(
        ErrorCode::capability,
        "the settings of this probe's sensor are fixed: only lines, shunt, voltage, baud and patience "
        "are its options");
  }
  JM_TRY_ASSIGN(const double shunt_ohm, shunt_of(hello, settings));
  JM_TRY_ASSIGN(const ina219::Configuration configuration, configuration_for(settings, shunt_ohm));
  wanted.sensor_config = configuration.code();
  JM_TRY_ASSIGN(wanted.bus_every, bus_every_for(hello, settings, sample_s));
  wanted.sensor_address = settings.address.value_or(has.sensor_address);
  return wanted;
}

bool has_already(const jm_wire_hello& has, const jm_wire_configure& wanted) {
  return has.sensor_config == wanted.sensor_config && has.bus_every == wanted.bus_every &&
         has.shunt_uohm == wanted.shunt_uohm && has.watched == wanted.lines &&
         has.sensor_address == wanted.sensor_address;
}

// Samples for a while: the stamps of what came.
Result<std::vector<std::uint64_t>> try_out(Conversation& talk, SurveyEar& ear, const Setup& setup) {
  const double typical_s = std::max(setup.period_s.value, 1e-4);
  double enough = std::clamp(k_measure_s / typical_s, k_fewest, k_most);
  if (setup.hello.facts.bus_every != 0)
    enough = std::min(enough, std::max<double>(setup.hello.facts.bus_every, k_fewest));
  ear.watch(*setup.hello.channel_of(JM_WIRE_SHUNT_VOLTAGE));
  ear.replies().status.reset();
  JM_TRY_ASSIGN(const std::uint8_t outcome, talk.start(k_lease_s));
  if (outcome != JM_WIRE_OK) return fail(ErrorCode::protocol, "the probe refuses to start");
  const auto lost = [&] {
    const auto& status = ear.replies().status;
    return status && status->state == JM_WIRE_SENSOR_LOST;
  };
  const auto done = [&] { return static_cast<double>(ear.stamps().size()) >= enough || lost(); };
  JM_TRY(talk.wait_for(done, from_seconds(2 * enough * typical_s + 0.6)));
  JM_TRY(talk.stop());
  if (!ear.stamps().empty()) return ear.stamps();
  return fail(
      ErrorCode::no_instrument,
      setup.hello.facts.sensor == JM_WIRE_INA219
          ? fmt::format("the probe is there, but its INA219 at 0x{:02x} does not answer: check VCC, GND, "
                        "SDA (A4) and SCL (A5), and the address (--option addr)",
                        setup.hello.facts.sensor_address)
          : "the probe is there, but its sensor gives no samples");
}

// Settings that did not work are not left to the next recording, which would take them for the probe's own.
// Whoever wants to go is not held up by a probe that does not answer.
void take_back(Conversation& talk, const jm_wire_configure& before, const std::stop_token& stop) {
  if (stop.stop_requested()) {
    talk.be_brief();
    static_cast<void>(talk.stop());
  }
  if (talk.has_configured()) static_cast<void>(talk.configure(before));
}

double median_step_ns(const Setup& setup, const std::vector<std::uint64_t>& stamps) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < stamps.size(); ++i)
    steps.push_back(static_cast<double>(setup.ns_of(stamps[i] - stamps[i - 1])));
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

std::optional<double> period_ns_of(const Setup& setup, const std::vector<std::uint64_t>& stamps) {
  if (stamps.size() < 4 || !std::ranges::is_sorted(stamps)) return std::nullopt;
  if (!setup.clocked) return median_step_ns(setup, stamps);
  std::vector<ina219::ConversionBounds> bounds;
  const TimeNs lag_ns = setup.ns_of(setup.current().lag_ticks);
  for (const std::uint64_t stamp : stamps) {
    const TimeNs stamp_ns = setup.ns_of(stamp);
    bounds.push_back({stamp_ns - lag_ns, stamp_ns, stamp_ns});
  }
  const double typical_ns = setup.period_s.value * k_ns_per_s;
  return ina219::estimate_period_ns(bounds, ina219::k_shortest * typical_ns, ina219::k_longest * typical_ns);
}

void note_period(Setup& setup, const std::vector<std::uint64_t>& stamps) {
  const auto period_ns = period_ns_of(setup, stamps);
  if (!period_ns || *period_ns <= 0) return;
  const double period_s = *period_ns / k_ns_per_s;
  if (setup.clocked) {  // the chip's own clock makes all of its conversions longer or shorter alike
    const double scale = period_s / setup.period_s.value;
    setup.aperture_s = {setup.aperture_s.value * scale, Provenance::measured};
    setup.bus_s *= scale;
  }
  setup.period_s = {period_s, Provenance::measured};
}

}  // namespace

Status SurveyEar::accept(std::span<const std::byte> bytes) {
  for (jm_wire_result result; (result = frames_.next(bytes)) != JM_WIRE_MORE;) {
    if (result != JM_WIRE_FRAME) continue;
    const Frame frame = frames_.frame();
    jm_wire_samples samples;
    if (frame.type != JM_WIRE_SAMPLES) {
      JM_TRY(keep(frame.type, frame.payload));
    } else if (jm_wire_get_samples(frame.payload.data(), frame.payload.size(), &samples) != 0) {
      take(samples);
    }
  }
  return {};
}

void SurveyEar::take(const jm_wire_samples& samples) {
  if ((samples.channels >> channel_ & 1) == 0) {
    if (!std::exchange(interrupted_, true) && stamps_.size() == 1) stamps_.clear();
    return;
  }
  std::uint64_t ticks = jm_wire_ticks_of(samples.time);
  for (std::uint8_t i = 0; i < samples.count; ++i) {
    ticks += jm_wire_sample_ticks(&samples, i);
    if (stamps_.size() < static_cast<std::size_t>(k_most)) stamps_.push_back(ticks);
  }
}

Result<Hello> apply(Conversation& talk, Hello hello, const Settings& settings, double sample_s) {
  JM_TRY_ASSIGN(const jm_wire_configure wanted, wanted_of(hello, settings, sample_s));
  if (has_already(hello.facts, wanted)) return hello;
  JM_TRY_ASSIGN(const std::uint8_t outcome, talk.configure(wanted));
  if (outcome != JM_WIRE_OK)
    return fail(outcome == JM_WIRE_BAD_VALUE ? ErrorCode::usage : ErrorCode::protocol,
                "the probe does not take these settings");
  JM_TRY_ASSIGN(Hello now, talk.ask_hello(k_hello_ns));
  if (has_already(now.facts, wanted)) return now;
  return fail(ErrorCode::protocol, "the probe acknowledged its settings, but has others");
}

namespace {

Result<Setup> try_settings(Conversation& talk, SurveyEar& ear, Hello hello, const Settings& settings) {
  const double expected_s = std::max(settings.adc->typical_s, k_read_s);
  JM_TRY_ASSIGN(hello, apply(talk, std::move(hello), settings, expected_s));
  JM_TRY_ASSIGN(Setup setup, setup_from(std::move(hello), settings));
  JM_TRY_ASSIGN(const auto stamps, try_out(talk, ear, setup));
  note_period(setup, stamps);
  setup.counted_s = setup.clocked ? expected_s : setup.period_s.value;
  JM_TRY_ASSIGN(setup.hello, apply(talk, std::move(setup.hello), settings, setup.counted_s));
  return setup;
}

}  // namespace

Result<Setup> survey(serial::ByteStream& port, Timebase& timebase, const Settings& settings,
                     const std::stop_token& stop) {
  SurveyEar ear;
  Attention attention(timebase.steady_ns());
  Conversation talk(port, ear, timebase, attention, settings.slack);
  talk.heed(stop);
  JM_TRY_ASSIGN(Hello hello, talk.ask_hello(k_hello_ns));
  if (hello.facts.state != JM_WIRE_IDLE) JM_TRY(talk.stop());
  const jm_wire_configure before = settings_in_force(hello.facts);
  auto setup = try_settings(talk, ear, std::move(hello), settings);
  if (!setup) take_back(talk, before, stop);
  return setup;
}

}  // namespace joulemark::probe
