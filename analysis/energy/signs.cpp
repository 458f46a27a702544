// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/signs.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace joulemark {
namespace {

constexpr double k_least_supply_v = 0.25;  // no target works below

// Current, or power where a capture holds nothing else.
struct Drawn {
  double mean = 0;
  const Stats* idle = nullptr;
  std::string_view unit;
};

Drawn drawn_of(const Report& report) {
  if (report.total.mean_current_a) return {*report.total.mean_current_a, &report.idle.current_a, "A"};
  return {report.total.mean_power_w.value_or(0), &report.idle.power_w, "W"};
}

// Weighted by the current: a supply that was off while nothing flowed counts for nothing.
double driving_v(const TotalReport& total) {
  return *total.mean_power_w / *total.mean_current_a;
}

bool lacks_voltage(const Report& report) {
  const TotalReport& total = report.total;
  return report.capture.voltage_basis == VoltageBasis::measured && total.mean_power_w &&
         total.mean_current_a.value_or(0) > 0 && driving_v(total) < k_least_supply_v;
}

// "'keyword' by -14.5 uJ (6.7 %)": what the idle draw makes of the length of each event.
std::vector<std::string> parts_in_events(const Report& report) {
  const bool energy = report.idle.power_w.mean.has_value();
  const double idle = energy ? *report.idle.power_w.mean : report.idle.current_a.mean.value_or(0);
  std::vector<std::string> parts;
  for (const EventReport& event : report.events) {
    const auto& read = energy ? event.energy_j.mean : event.charge_c.mean;
    if (!read || !event.latency_s.mean || *read == 0) continue;
    const double part = idle * *event.latency_s.mean;
    parts.push_back(fmt::format("'{}' by {} ({:.2g} % of what it reads)", event.name,
                                format_si(part, energy ? "J" : "C", 3), 100 * std::abs(part / *read)));
  }
  return parts;
}

std::string offset_in_words(const Report& report) {
  const Drawn drawn = drawn_of(report);
  const auto parts = parts_in_events(report);
  return fmt::format(
      "Idle reads below zero ({}): the instrument has an offset of at least that much, and all that it "
      "measures holds it{}{}. Net energies are free of it; shares are not told. Zero the instrument, take a "
      "larger shunt, or record with the load off to know the offset.",
      format_si(*drawn.idle->mean, drawn.unit, 3), parts.empty() ? "" : ": ", fmt::join(parts, ", "));
}

Finding reversed(const Report& report) {
  const bool current = report.total.mean_current_a.has_value();
  Finding finding{"negative_power", FindingSeverity::warning,
                  fmt::format("The {} is negative: the target gives power instead of drawing it. The sensor "
                              "may sit the other way round.",
                              current ? "current" : "power")};
  if (report.capture.instrument.uri == "import:csv")
    finding.remedy = fmt::format("The import turns the sign with --option {}.",
                                 current ? "current=COLUMN:-mA" : "power=COLUMN:-mW");
  return finding;
}

Finding no_voltage(const Report& report) {
  const double volts = driving_v(report.total);
  return {"no_supply_voltage", FindingSeverity::warning,
          fmt::format("While {} flows, the measured voltage is {}{}: not what supplies the target. {} "
                      "Energies mean nothing, "
                      "charges hold.",
                      format_si(*report.total.mean_current_a, "A", 3),
                      std::abs(volts) < k_least_supply_v ? "about " : "", format_si(volts, "V", 2),
                      volts > -k_least_supply_v
                          ? "Is the shunt in the ground line, or the side that measures the voltage (IN- "
                            "of an INA219) not connected?"
                          : "Is it measured the other way round?"),
          "State the supply with --option voltage=3.3V, or measure it."};
}

}  // namespace

Signs signs_of(const Report& report) {
  const Drawn drawn = drawn_of(report);
  const auto& around = drawn.idle->ci95;
  const bool nothing = report.events.empty() && around && around->low <= 0 && around->high >= 0;
  if (nothing) return Signs::sound;
  if (lacks_voltage(report)) return Signs::no_voltage;
  const bool rises = !report.events.empty() && drawn.mean > drawn.idle->mean.value_or(drawn.mean);
  if (rises && around && around->high < 0) return Signs::offset;
  return drawn.mean < 0 ? Signs::reversed : Signs::sound;
}

std::optional<Finding> finding_in_signs(const Report& report) {
  switch (signs_of(report)) {
    case Signs::sound:
      break;
    case Signs::offset:
      return Finding{"idle_below_zero", FindingSeverity::warning, offset_in_words(report)};
    case Signs::reversed:
      return reversed(report);
    case Signs::no_voltage:
      return no_voltage(report);
  }
  return std::nullopt;
}

}  // namespace joulemark
