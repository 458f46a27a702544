// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/chip/conversion_clock.h>
#include <drivers/ina219/survey.h>
#include <drivers/instrument/go_on.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace joulemark::ina219 {
namespace {

constexpr double k_slack = 0.93;  // of the typical period is what a cycle may take
constexpr int k_tries = 8;
constexpr double k_measure_s = 0.25;
constexpr int k_fewest_conversions = 12;

constexpr std::array k_bus{static_cast<std::uint8_t>(Register::bus_voltage)};
constexpr std::array k_shunt_and_power{static_cast<std::uint8_t>(Register::shunt_voltage),
                                       static_cast<std::uint8_t>(Register::power)};

Error transfer_error(int error) {
  return {ErrorCode::protocol, fmt::format("the transfer failed: {}", i2c::describe_transfer(error))};
}

struct Cost {
  double poll_s = 0;   // asking
  double cycle_s = 0;  // asking and taking
};

// The third slowest of eight: one that the system delayed says nothing of the bus.
double typical(std::array<double, k_tries>& durations_s) {
  std::ranges::sort(durations_s);
  return durations_s[k_tries - 3];
}

Result<Cost> measure_cost(i2c::RegisterBus& bus, Timebase& timebase) {
  std::array<double, k_tries> polls{};
  std::array<double, k_tries> cycles{};
  std::array<std::uint16_t, 2> codes{};
  for (std::size_t i = 0; i < k_tries; ++i) {
    const TimeNs begin_ns = timebase.steady_ns();
    if (const int error = bus.read(k_bus, std::span(codes).first(1)))
      return tl::unexpected(transfer_error(error));
    polls[i] = to_seconds(timebase.steady_ns() - begin_ns);
    if (const int error = bus.read(k_shunt_and_power, codes)) return tl::unexpected(transfer_error(error));
    cycles[i] = to_seconds(timebase.steady_ns() - begin_ns);
  }
  return Cost{typical(polls), typical(cycles)};
}

// Whether reading the power register takes conversion-ready back, as it must. Taken for granted where the bus
// is too slow to see it.
Result<bool> ready_flag_works(i2c::RegisterBus& bus, Timebase& timebase, double period_s) {
  std::array<std::uint16_t, 2> codes{};
  bool seen = false;
  for (int i = 0; i < k_tries; ++i) {
    if (const int error = bus.read(k_shunt_and_power, codes)) return tl::unexpected(transfer_error(error));
    const TimeNs cleared_ns = timebase.steady_ns();
    if (const int error = bus.read(k_bus, std::span(codes).first(1)))
      return tl::unexpected(transfer_error(error));
    if (!bus_voltage_from(codes[0]).ready) return true;
    seen = seen || to_seconds(timebase.steady_ns() - cleared_ns) < period_s / 4;
    timebase.wait(from_seconds(period_s / 7));  // not in step with the conversions
  }
  return !seen;
}

Configuration configuration_for(const Settings& settings, const AdcSetting& adc, double shunt_ohm) {
  Configuration configuration;
  configuration.bus_range = settings.bus_range;
  configuration.range = settings.range(shunt_ohm);
  configuration.shunt_adc = adc.code;
  configuration.bus_adc = adc.code;
  configuration.mode = settings.both ? Mode::both : Mode::shunt;
  return configuration;
}

// None: the conversions did not come as the data sheet allows.
Result<std::optional<double>> measure_period(Poller& poller, Timebase& timebase, const Timing& timing,
                                             const std::stop_token& stop) {
  std::vector<ConversionBounds> bounds;
  const double length_s = std::max(k_measure_s, k_fewest_conversions * timing.typical_period_s);
  const TimeNs end_ns = timebase.steady_ns() + from_seconds(length_s);
  while (timebase.steady_ns() < end_ns) {
    JM_TRY(go_on(stop));
    const Poller::Turn turn = poller.step();
    if (turn.state != Poller::State::going)
      return fail(ErrorCode::protocol, "the chip stopped answering while its conversions were timed");
    if (!turn.reading || turn.reading->kind != Reading::Kind::shunt) continue;
    bounds.push_back({turn.reading->after_ns, turn.reading->before_ns, turn.reading->read_ns});
  }
  const double typical_ns = timing.typical_period_s * k_ns_per_s;
  const auto period_ns = estimate_period_ns(bounds, k_shortest * typical_ns, k_longest * typical_ns);
  return period_ns ? std::optional(*period_ns / k_ns_per_s) : std::nullopt;
}

// Shares the measured period out as the data sheet has it.
void set_period(Timing& timing, double period_s, Provenance provenance, double typical_shunt_s) {
  const double scale = period_s / timing.typical_period_s;
  timing.shunt_s = {typical_shunt_s * scale, provenance};
  timing.bus_s *= scale;
}

std::string adc_news(const AdcSetting& adc, const Cost& cost, bool chosen) {
  const std::string cycle = format_si(cost.cycle_s, "s", 3);
  if (chosen && adc.name == "12bit") return "";
  if (chosen)
    return fmt::format(
        "reading a conversion takes {} on this bus, so each averages {} ({}): nothing between "
        "them is lost",
        cycle, adc.name, format_si(adc.typical_s, "s", 3));
  if (cost.cycle_s <= k_slack * adc.typical_s) return "";
  return fmt::format(
      "reading a conversion takes {} on this bus, but adc={} makes one every {}: many will be "
      "missed; adc=auto averages instead",
      cycle, adc.name, format_si(adc.typical_s, "s", 3));
}

Status time_conversions(i2c::RegisterBus& bus, Timebase& timebase, const AdcSetting& adc, Survey& found,
                        const std::stop_token& stop) {
  Poller poller(bus, timebase, found.plan);
  if (const int error = poller.start()) return tl::unexpected(transfer_error(error));
  JM_TRY_ASSIGN(found.timing.clocked, ready_flag_works(bus, timebase, found.timing.typical_period_s));
  found.plan.clocked = found.timing.clocked;
  if (!found.timing.clocked) {
    found.news.emplace_back(
        "the chip's conversion-ready flag does not work (is it an INA219?): its register is "
        "read at the specified rate, and a conversion may count twice or not at all");
    return {};
  }
  JM_TRY_ASSIGN(const auto period_s, measure_period(poller, timebase, found.timing, stop));
  if (period_s) set_period(found.timing, *period_s, Provenance::measured, adc.typical_s);
  return {};
}

}  // namespace

const AdcSetting& fastest_adc(double cycle_s) {
  constexpr std::size_t k_first = 3;  // 12bit
  const auto keeps_up = [&](const AdcSetting& adc) { return cycle_s <= k_slack * adc.typical_s; };
  const auto found = std::find_if(k_adc_settings.begin() + k_first, k_adc_settings.end(), keeps_up);
  return found == k_adc_settings.end() ? k_adc_settings.back() : *found;
}

Result<ChipState> look_at(i2c::RegisterBus& bus) {
  constexpr std::array k_all{static_cast<std::uint8_t>(Register::configuration),
                             static_cast<std::uint8_t>(Register::bus_voltage),
                             static_cast<std::uint8_t>(Register::calibration)};
  std::array<std::uint16_t, 3> codes{};
  if (const int error = bus.read(k_all, codes)) {
    return fail(ErrorCode::no_instrument,
                fmt::format("nothing answers there ({})", i2c::describe_transfer(error)));
  }
  if (is_plausible(codes[0], codes[1], codes[2])) return ChipState{codes[0], codes[2], codes[1]};
  return fail(ErrorCode::no_instrument,
              fmt::format("what answers there is no INA219: its registers 0, 2 and 5 hold 0x{:04x}, 0x{:04x} "
                          "and 0x{:04x}",
                          codes[0], codes[1], codes[2]));
}

Result<Survey> survey(i2c::RegisterBus& bus, Timebase& timebase, const Settings& settings, double shunt_ohm,
                      const std::stop_token& stop) {
  JM_TRY_ASSIGN(const Cost cost, measure_cost(bus, timebase));
  const AdcSetting& adc = settings.adc != nullptr ? *settings.adc : fastest_adc(cost.cycle_s);
  Survey found;
  Timing& timing = found.timing;
  timing.both = settings.both;
  timing.bus_s = adc.typical_s;
  timing.typical_period_s = adc.typical_s * (settings.both ? 2 : 1);
  set_period(timing, timing.typical_period_s, Provenance::specified, adc.typical_s);
  found.plan.configuration = configuration_for(settings, adc, shunt_ohm);
  found.plan.calibration = calibration_for(settings.most_current_a(shunt_ohm), shunt_ohm);
  found.plan.poll_s = cost.poll_s;
  found.plan.period_s = timing.period_s();
  found.plan.bus_s = timing.bus_s;
  if (const std::string text = adc_news(adc, cost, settings.adc == nullptr); !text.empty())
    found.news.push_back(text);
  JM_TRY(time_conversions(bus, timebase, adc, found, stop));
  found.plan.period_s = timing.period_s();
  found.plan.bus_s = timing.bus_s;
  if (settings.both || settings.voltage_v) return found;
  found.plan.bus_interval_s = settings.bus_interval_s;
  timing.bus_interval_s = settings.bus_interval_s;
  return found;
}

}  // namespace joulemark::ina219
