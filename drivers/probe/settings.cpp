// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/event_name.h>
#include <analysis/model/units.h>

#include <drivers/ina219/chip/chip_options.h>
#include <drivers/instrument/read_option.h>
#include <drivers/probe/settings.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace joulemark::probe {
namespace {

constexpr std::uint32_t k_most_lines = 16;

std::optional<unsigned> whole_number(std::string_view text, int base) {
  unsigned value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = error == std::errc() && rest == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

Status read_adc(const OptionValues& options, Settings& settings) {
  const std::string text = options.text_or("adc", "12bit");
  settings.adc = ina219::adc_setting(text);
  if (settings.adc != nullptr) return {};
  std::string names;
  for (const ina219::AdcSetting& setting : ina219::k_adc_settings)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", setting.name);
  return fail(ErrorCode::usage, fmt::format("option 'adc' is one of {}, not '{}'", names, text));
}

Status read_baud(const OptionValues& options, Settings& settings) {
  const std::string text = options.text_or("baud", "1000000");
  const auto baud = whole_number(text, 10);
  if (!baud || *baud < 9600 || *baud > 4'000'000)
    return fail(ErrorCode::usage, fmt::format("option 'baud' is 9600 to 4000000, not '{}'", text));
  settings.baud = *baud;
  return {};
}

Error line_error(const std::string& text) {
  return {
      ErrorCode::usage,
      fmt::format("option 'lines' lists lines of the probe, like d0, d0-d4 or d0:inference, not '{}'", text)};
}

// "d0", "d0-d4" or "d0:inference".
Status read_line(const std::string& text, std::vector<NamedLine>& lines) {
  const std::string span = text.substr(0, text.find(':'));
  const auto dash = span.find('-');
  const auto number = [](const std::string& line) {
    return line.starts_with('d') ? whole_number(std::string_view(line).substr(1), 10) : std::nullopt;
  };
  const auto first = number(span.substr(0, dash));
  const auto last = dash == std::string::npos ? first : number(span.substr(dash + 1));
  const bool named = span.size() < text.size();
  const std::string name = named ? text.substr(span.size() + 1) : "";
  const bool nameable = !named || (!name.empty() && first == last);
  if (!first || !last || *last < *first || *last >= k_most_lines || !nameable)
    return tl::make_unexpected(line_error(text));
  if (const Status good = named ? check_event_name(name) : Status(); !good)
    return fail_at("option 'lines'", good.error());
  for (unsigned line = *first; line <= *last; ++line) {
    const auto same = [&](const NamedLine& other) {
      return other.line == line || (named && other.name == name);
    };
    if (std::ranges::any_of(lines, same))
      return fail(ErrorCode::usage, fmt::format("option 'lines' names {} twice", text));
    lines.push_back({line, name});
  }
  return {};
}

}  // namespace

std::vector<OptionSpec> option_specs() {
  const auto scalar = OptionKind::scalar;
  return {
      {"lines", OptionKind::list, "", "d0-d4 or d0:inference,d1", "as the probe has it",
       "Marker lines to watch, with names for their events; only connected ones."},
      {"shunt", scalar, "ohm", "1mohm to 100ohm", "as the probe has it", "The shunt resistor, in ohm."},
      {"max_current", scalar, "A", "up to 0.32 V / shunt", "0.04 V / shunt",
       "Chooses the range; a smaller one resolves more."},
      {"adc", scalar, "", "9bit|10bit|11bit|12bit|2x|4x|8x|16x|32x|64x|128x", "12bit",
       "Bits of a conversion, or how many of 12 bits it averages."},
      {"mode", scalar, "", "shunt|both", "shunt",
       "both measures the voltage as often as the current, and half as much of each."},
      {"bus_interval", scalar, "s", "100ms to 65535 conversions", "1s",
       "In mode shunt: from one bus voltage to the next; the first comes at once."},
      {"voltage", scalar, "V", "0.1 to 26", "", "States the supply voltage instead of measuring it."},
      {"bus_range", scalar, "", "16V|32V", "16V", "Of the voltage measurement (never apply more than 26 V)."},
      {"addr", scalar, "", "0x40 to 0x4f", "as the probe has it", "The INA219's address."},
      {"baud", scalar, "", "9600 to 4000000", "1000000", "Of the serial port."},
      {"patience", scalar, "s", "0 s to 1h", "10s",
       "How long a probe that has gone, or gives no samples, may take to come back."},
  };
}

Result<Settings> read_settings(const OptionValues& options) {
  Settings settings;
  JM_TRY(read_baud(options, settings));
  JM_TRY(read_optional(options, "shunt", "ohm", k_least_shunt_ohm, k_most_shunt_ohm, settings.shunt_ohm));
  JM_TRY(read_optional(options, "max_current", "A", 1e-6, 320, settings.max_current_a));
  JM_TRY(read_optional(options, "voltage", "V", 0.1, 26, settings.voltage_v));
  JM_TRY(read_adc(options, settings));
  if (const OptionValue* address = options.find("addr")) {
    JM_TRY_ASSIGN(settings.address, ina219::read_address(address->text));
  }
  JM_TRY_ASSIGN(settings.both, choose(options, "mode", "shunt", "both"));
  JM_TRY_ASSIGN(const bool wide, choose(options, "bus_range", "16V", "32V"));
  settings.bus_range = wide ? ina219::BusRange::v32 : ina219::BusRange::v16;
  std::optional<double> interval_s;
  JM_TRY(read_optional(options, "bus_interval", "s", 0.1, 3600, interval_s));
  settings.bus_interval_s = interval_s.value_or(settings.bus_interval_s);
  if (interval_s && (settings.both || settings.voltage_v)) {
    return fail(ErrorCode::usage,
                "option 'bus_interval' is of use in mode=shunt without a stated voltage only");
  }
  std::optional<double> patience_s;
  JM_TRY(read_optional(options, "patience", "s", 0, 3600, patience_s));
  settings.patience_s = patience_s.value_or(settings.patience_s);
  if (const OptionValue* lines = options.find("lines")) {
    for (const std::string& text : lines->items)
      JM_TRY(read_line(text, settings.lines));
  }
  for (const char* name : {"max_current", "adc", "mode", "bus_interval", "bus_range", "addr"})
    settings.sensor_options = settings.sensor_options || options.find(name) != nullptr;
  if (settings.shunt_ohm) JM_TRY(ina219::check_current(settings.max_current_a, *settings.shunt_ohm));
  return settings;
}

std::vector<MetadataItem> event_rules(const Settings& settings) {
  std::vector<MetadataItem> items;
  for (const NamedLine& line : settings.lines) {
    if (!line.name.empty()) items.push_back({"event." + line.name, fmt::format("d{}", line.line)});
  }
  return items;
}

}  // namespace joulemark::probe
