// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/event_name.h>
#include <analysis/model/units.h>

#include <drivers/ina219/chip/chip_options.h>
#include <drivers/ina219/settings.h>
#include <drivers/instrument/read_option.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace joulemark::ina219 {
namespace {

Result<const AdcSetting*> read_adc(const std::string& text) {
  if (text == "auto") return nullptr;
  if (const AdcSetting* setting = adc_setting(text)) return setting;
  std::string names = "auto";
  for (const AdcSetting& setting : k_adc_settings)
    names += fmt::format(", {}", setting.name);
  return fail(ErrorCode::usage, fmt::format("option 'adc' is one of {}, not '{}'", names, text));
}

// "17" or "17:inference".
Result<MarkerPin> read_marker(const std::string& text) {
  const auto colon = text.find(':');
  MarkerPin pin;
  const char* end = text.data() + std::min(colon, text.size());
  const auto [rest, error] = std::from_chars(text.data(), end, pin.offset);
  pin.name = colon == std::string::npos ? fmt::format("gpio{}", pin.offset) : text.substr(colon + 1);
  if (error != std::errc() || rest != end || pin.name.empty()) {
    return fail(
        ErrorCode::usage,
        fmt::format("option 'markers' lists lines of the gpiochip, like 17 or 17:inference, not '{}'", text));
  }
  if (const Status named = check_event_name(pin.name); !named)
    return fail_at("option 'markers'", named.error());
  return pin;
}

Status read_markers(const OptionValues& options, Settings& settings) {
  const OptionValue* option = options.find("markers");
  if (option == nullptr) return {};
  for (const std::string& item : option->items) {
    JM_TRY_ASSIGN(MarkerPin pin, read_marker(item));
    for (const MarkerPin& other : settings.markers) {
      if (other.offset == pin.offset || other.name == pin.name)
        return fail(ErrorCode::usage, fmt::format("option 'markers' names {} twice", item));
    }
    settings.markers.push_back(std::move(pin));
  }
  return {};
}

std::vector<OptionSpec> common_specs() {
  const auto scalar = OptionKind::scalar;
  return {
      {"shunt", scalar, "ohm", "1mohm to 100ohm", "0.1", "The shunt resistor, in ohm."},
      {"max_current", scalar, "A", "up to 0.32 V / shunt", "0.04 V / shunt",
       "Chooses the range; a smaller one resolves more."},
      {"adc", scalar, "", "auto|9bit|10bit|11bit|12bit|2x|4x|8x|16x|32x|64x|128x", "auto",
       "Bits of a conversion, or how many of 12 bits it averages."},
      {"voltage", scalar, "V", "0.1 to 26", "", "States the supply voltage instead of measuring it."},
      {"bus_range", scalar, "", "16V|32V", "16V", "Of the voltage measurement (never apply more than 26 V)."},
      {"gpiochip", scalar, "", "name or path", "gpiochip0", "Where the marker lines are."},
      {"markers", OptionKind::list, "", "17:inference,27:frontend", "",
       "Lines of the gpiochip as d0, d1, ..., with names for their events."},
      {"edge_resolution", scalar, "s", "1us to 1s", "50us", "How exactly this computer stamps edges."},
  };
}

}  // namespace

ShuntRange Settings::range(double shunt) const {
  return max_current_a ? range_for(*max_current_a * shunt).value_or(ShuntRange::mv320) : ShuntRange::mv40;
}

double Settings::most_current_a(double shunt) const {
  return max_current_a.value_or(full_scale_v(ShuntRange::mv40) / shunt);
}

std::vector<OptionSpec> i2c_option_specs() {
  const auto scalar = OptionKind::scalar;
  std::vector<OptionSpec> specs{
      {"addr", scalar, "", "0x40 to 0x4f", "0x40", "The chip's address, by its pins A0 and A1."},
      {"mode", scalar, "", "shunt|both", "shunt",
       "both measures the voltage as often as the current, and half as much of each."},
      {"bus_interval", scalar, "s", "100ms to 1h", "1s", "In mode shunt: from one bus voltage to the next."},
  };
  const auto common = common_specs();
  specs.insert(specs.begin() + 1, common.begin(), common.end());
  return specs;
}

std::vector<OptionSpec> iio_option_specs() {
  return common_specs();
}

Result<Settings> read_settings(const OptionValues& options) {
  Settings settings;
  JM_TRY_ASSIGN(settings.address, read_address(options.text_or("addr", "0x40")));
  JM_TRY(read_optional(options, "shunt", "ohm", 1e-3, 100, settings.shunt_ohm));
  JM_TRY(read_optional(options, "max_current", "A", 1e-6, 320, settings.max_current_a));
  JM_TRY(read_optional(options, "voltage", "V", 0.1, 26, settings.voltage_v));
  JM_TRY_ASSIGN(settings.adc, read_adc(options.text_or("adc", "auto")));
  JM_TRY_ASSIGN(settings.both, choose(options, "mode", "shunt", "both"));
  std::optional<double> interval_s;
  JM_TRY(read_optional(options, "bus_interval", "s", 0.1, 3600, interval_s));
  settings.bus_interval_s = interval_s.value_or(settings.bus_interval_s);
  if (interval_s && (settings.both || settings.voltage_v)) {
    return fail(ErrorCode::usage,
                "option 'bus_interval' is of use in mode=shunt without a stated voltage only");
  }
  JM_TRY_ASSIGN(const bool wide, choose(options, "bus_range", "16V", "32V"));
  settings.bus_range = wide ? BusRange::v32 : BusRange::v16;
  settings.gpiochip = options.text_or("gpiochip", settings.gpiochip);
  JM_TRY(read_markers(options, settings));
  JM_TRY(read_optional(options, "edge_resolution", "s", 1e-6, 1, settings.edge_resolution_s));
  return settings;
}

std::vector<MetadataItem> given(const OptionValues& options) {
  std::vector<MetadataItem> items;
  for (const OptionValue& option : options.all())
    items.push_back({"instrument." + option.name, option.text});
  return items;
}

std::vector<unsigned> offsets_of(const Settings& settings) {
  std::vector<unsigned> offsets;
  std::ranges::transform(settings.markers, std::back_inserter(offsets), &MarkerPin::offset);
  return offsets;
}

}  // namespace joulemark::ina219
