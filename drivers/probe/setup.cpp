// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/chip/registers.h>
#include <drivers/ina219/chip/target_voltage.h>
#include <drivers/probe/setup.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace joulemark::probe {
namespace {

constexpr std::uint32_t k_shortest_clocked_ns = 500'000;  // below, reading takes longer than converting

double nanos(std::uint32_t value) {
  return value * 1e-9;
}

Channel timed_channel(std::string name, Quantity quantity, const jm_wire_channel& wire, double scale) {
  Channel channel;
  channel.name = std::move(name);
  channel.quantity = quantity;
  channel.timed = true;
  channel.scale = scale;
  channel.stamp_position = StampPosition::end;
  channel.ranges = {{wire.lowest_code * scale, wire.highest_code * scale, scale}};
  return channel;
}

std::string_view sensor_name(const Setup& setup) {
  switch (setup.hello.facts.sensor) {
    case JM_WIRE_INA219:
      return "INA219";
    case JM_WIRE_ON_CHIP_ADC:
      return "on-chip converter";
    default:
      return "unknown sensor";
  }
}

std::string capabilities_text(const Hello& hello) {
  constexpr std::array k_names{
      std::pair{JM_WIRE_CAN_CONFIGURE, "configure"}, std::pair{JM_WIRE_CAN_MEASURE_BUS, "bus_voltage"},
      std::pair{JM_WIRE_CAN_KEEP_SETTINGS, "keep_settings"}, std::pair{JM_WIRE_NEVER_STALE, "never_stale"}};
  std::string text;
  for (const auto& [bit, name] : k_names) {
    if (hello.can(bit)) text += (text.empty() ? "" : ",") + std::string(name);
  }
  return text;
}

std::string line_text(const Setup& setup, const jm_wire_line& line) {
  constexpr std::array k_kinds{"unknown", "captured", "interrupt", "polled"};
  const char* kind = k_kinds[line.kind < k_kinds.size() ? line.kind : 0];
  return fmt::format("{},resolution_ns={},lag_ns={}", kind, setup.ns_of(line.resolution_ticks),
                     setup.ns_of(line.lag_ticks));
}

MetadataItem item(const char* key, double value) {
  return {key, fmt::format("{:.9g}", value)};
}

struct Bounds {
  double full_scale_v;
  double longest_s;      // a conversion
  double longest_lag_s;  // from its end to the stamp
};
constexpr Bounds k_shunt_bounds{10, 1, 0.01};
constexpr Bounds k_bus_bounds{1000, 1, 0.01};
constexpr std::uint32_t k_slowest_hz = 10'000;
constexpr std::uint32_t k_fastest_hz = 1'000'000'000;

tl::unexpected<Error> no_sense(std::string_view what, const std::string& value) {
  return fail(
      ErrorCode::protocol,
      fmt::format("the probe's HELLO makes no sense, {} is {}: write its firmware anew", what, value));
}

Status check_channel(const Setup& setup, const jm_wire_channel& wire, std::string_view name,
                     const Bounds& bounds) {
  const auto of = [&](const char* what) { return fmt::format("{} of the {}", what, name); };
  if (wire.lowest_code >= wire.highest_code)
    return no_sense(of("the range"), fmt::format("{} to {}", wire.lowest_code, wire.highest_code));
  const double full_v =
      nanos(wire.lsb_nv) * std::max(std::abs(wire.lowest_code), std::abs(wire.highest_code));
  if (full_v <= 0 || full_v > bounds.full_scale_v)
    return no_sense(of("the full scale"), format_si(full_v, "V", 3));
  if (nanos(wire.conversion_ns) > bounds.longest_s)
    return no_sense(of("a conversion"), format_si(nanos(wire.conversion_ns), "s", 3));
  const double lag_s = to_seconds(setup.ns_of(wire.lag_ticks));
  if (lag_s > bounds.longest_lag_s) return no_sense(of("the lag"), format_si(lag_s, "s", 3));
  return {};
}

// Everything that is computed with: what is wrong here would be measured with a straight face.
Status check_sense(const Setup& setup) {
  const jm_wire_hello& facts = setup.hello.facts;
  if (facts.tick_hz < k_slowest_hz || facts.tick_hz > k_fastest_hz)
    return no_sense("its clock", format_si(facts.tick_hz, "Hz", 3));
  JM_TRY(check_channel(setup, setup.current(), "shunt voltage", k_shunt_bounds));
  const auto bus = setup.hello.channel_of(JM_WIRE_BUS_VOLTAGE);
  return bus ? check_channel(setup, setup.hello.channels[*bus], "supply voltage", k_bus_bounds) : Status();
}

bool watches(const Setup& setup, std::size_t line) {
  return line < 16 && (setup.hello.facts.watched >> line & 1) != 0;
}

}  // namespace

const jm_wire_channel* Setup::voltage() const {
  if (voltage_v) return nullptr;
  const auto index = hello.channel_of(JM_WIRE_BUS_VOLTAGE);
  return index && (both || hello.facts.bus_every != 0) ? &hello.channels[*index] : nullptr;
}

bool Setup::voltage_follows() const {
  const jm_wire_channel* bus = voltage();
  return bus != nullptr && !both && hello.facts.sensor == JM_WIRE_INA219 &&
         bus->lsb_nv == ina219::TargetVoltage::k_steps_of_bus * current().lsb_nv;
}

TimeNs Setup::ns_of(std::uint64_t ticks) const {
  constexpr std::uint64_t k_ns = 1'000'000'000;
  const std::uint64_t hz = hello.facts.tick_hz;
  return static_cast<TimeNs>(ticks / hz * k_ns + ticks % hz * k_ns / hz);
}

Result<double> shunt_of(const Hello& hello, const Settings& settings) {
  if (settings.shunt_ohm) return *settings.shunt_ohm;
  const double own_ohm = hello.facts.shunt_uohm * 1e-6;
  if (own_ohm >= k_least_shunt_ohm && own_ohm <= k_most_shunt_ohm) return own_ohm;
  if (own_ohm <= 0)
    return fail(ErrorCode::protocol, "the probe does not know its shunt; state it (--option shunt=0.1)");
  return fail(
      ErrorCode::protocol,
      fmt::format("the probe says that its shunt is {}, which is none to measure with ({} to {}); state "
                  "it (--option shunt=0.1)",
                  format_si(own_ohm, "ohm", 3), format_si(k_least_shunt_ohm, "ohm", 3),
                  format_si(k_most_shunt_ohm, "ohm", 3)));
}

Result<Setup> setup_from(Hello hello, const Settings& settings) {
  Setup setup;
  setup.hello = std::move(hello);
  const jm_wire_hello& facts = setup.hello.facts;
  const auto current = setup.hello.channel_of(JM_WIRE_SHUNT_VOLTAGE);
  if (!current || setup.hello.channels[*current].lsb_nv == 0)
    return fail(ErrorCode::protocol, "the probe measures no current");
  JM_TRY(check_sense(setup));
  if (settings.shunt_ohm) setup.shunt_basis = "stated";
  JM_TRY_ASSIGN(setup.shunt_ohm, shunt_of(setup.hello, settings));
  setup.voltage_v = settings.voltage_v;
  const jm_wire_channel& wire = setup.current();
  const auto bus = setup.hello.channel_of(JM_WIRE_BUS_VOLTAGE);
  if (bus) setup.bus_s = nanos(setup.hello.channels[*bus].conversion_ns);
  const bool ina219 = facts.sensor == JM_WIRE_INA219;
  setup.both = ina219 && ina219::configuration_from(facts.sensor_config).mode == ina219::Mode::both;
  setup.clocked = ina219 && wire.conversion_ns >= k_shortest_clocked_ns;
  setup.aperture_s = {nanos(wire.conversion_ns), Provenance::specified};
  setup.period_s = {setup.aperture_s.value + (setup.both ? setup.bus_s : 0), Provenance::unknown};
  return setup;
}

std::vector<Channel> channels_for(const Setup& setup) {
  Channel current = timed_channel("probe.current", Quantity::current, setup.current(),
                                  nanos(setup.current().lsb_nv) / setup.shunt_ohm);
  const double period_s = setup.period_s.value;
  current.rate_hz = period_s > 0 ? 1 / period_s : 0;
  current.aperture_s = setup.aperture_s;
  if (setup.hello.facts.sensor == JM_WIRE_INA219) {
    const auto configuration = ina219::configuration_from(setup.hello.facts.sensor_config);
    current.ranges.front().resolution = ina219::shunt_step_v(configuration) / setup.shunt_ohm;
  }
  current.dead_time_s = {std::max(0.0, period_s - setup.aperture_s.value), setup.period_s.provenance};
  if (setup.clocked && !setup.both) current.dead_time_s = {0, Provenance::specified};
  std::vector<Channel> channels{std::move(current)};
  const jm_wire_channel* wire = setup.voltage();
  if (wire == nullptr) return channels;
  Channel voltage = timed_channel("probe.voltage", Quantity::voltage, *wire, nanos(wire->lsb_nv));
  voltage.aperture_s = {setup.bus_s, setup.aperture_s.provenance};
  if (setup.voltage_follows()) {  // a sample for every one of the current, over the same time
    voltage.scale = nanos(setup.current().lsb_nv);
    voltage.aperture_s = setup.aperture_s;
  }
  const bool each = setup.both || setup.voltage_follows();
  voltage.rate_hz = period_s > 0 ? 1 / ((each ? 1 : setup.hello.facts.bus_every) * period_s) : 0;
  channels.push_back(std::move(voltage));
  return channels;
}

Supply supply_for(const Setup& setup) {
  if (setup.voltage_v) return {setup.voltage_v, VoltageBasis::assumed};
  return {std::nullopt, setup.voltage() != nullptr ? VoltageBasis::measured : VoltageBasis::unknown};
}

std::vector<Line> lines_for(const Setup& setup, const Settings& settings) {
  std::vector<Line> lines;
  for (std::uint32_t i = 0; i < setup.hello.lines.size(); ++i) {
    if (!watches(setup, i)) continue;
    const auto named = std::ranges::find(settings.lines, i, &NamedLine::line);
    lines.push_back({LineId{i}, named == settings.lines.end() ? "" : named->name});
  }
  return lines;
}

InstrumentIdentity identity_of(const std::string& uri, const Setup& setup) {
  const Hello& hello = setup.hello;
  InstrumentIdentity identity;
  identity.uri = uri;
  identity.vendor = "Joulemark probe";
  identity.model =
      fmt::format("{} with {}", hello.board.empty() ? "a board" : hello.board, sensor_name(setup));
  identity.firmware = hello.firmware();
  identity.calibration =
      fmt::format("shunt {} ({}), {} a code", format_si(setup.shunt_ohm, "ohm", 4), setup.shunt_basis,
                  format_si(nanos(setup.current().lsb_nv) / setup.shunt_ohm, "A", 4));
  return identity;
}

std::vector<MetadataItem> describe(const Setup& setup) {
  const jm_wire_hello& facts = setup.hello.facts;
  std::vector<MetadataItem> items{
      {"instrument.wire_version", fmt::format("{}.{}", facts.wire_major, facts.wire_minor)},
      {"instrument.capabilities", capabilities_text(setup.hello)},
      {"instrument.boot", fmt::format("{} ({})", facts.boot, setup.hello.reset_cause())},
      item("instrument.tick_hz", facts.tick_hz),
      {"instrument.sensor", std::string(sensor_name(setup))},
      {"instrument.sensor_address", fmt::format("0x{:02x}", facts.sensor_address)},
      {"instrument.configuration", fmt::format("0x{:04x}", facts.sensor_config)},
      item("instrument.shunt_ohm", setup.shunt_ohm),
      {"instrument.shunt_basis", setup.shunt_basis},
      item("instrument.current_lsb_a", nanos(setup.current().lsb_nv) / setup.shunt_ohm),
      item("instrument.conversion_lag_s", to_seconds(setup.ns_of(setup.current().lag_ticks))),
      item("instrument.sample_period_s", setup.period_s.value),
      {"instrument.sample_period_basis", std::string(name_of(setup.period_s.provenance))},
  };
  if (setup.voltage_follows()) {
    items.push_back(item("voltage.interval_s", facts.bus_every * setup.period_s.value));
    items.push_back({"voltage.between", ina219::TargetVoltage::k_description});
  }
  for (std::size_t i = 0; i < setup.hello.lines.size(); ++i) {
    if (!watches(setup, i)) continue;
    items.push_back({fmt::format("instrument.line.d{}", i), line_text(setup, setup.hello.lines[i])});
  }
  return items;
}

}  // namespace joulemark::probe
