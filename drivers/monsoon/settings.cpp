// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/monsoon/settings.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace joulemark::monsoon {
namespace {

template <typename T>
struct Choice {
  std::string_view name;
  T value;
};

template <typename T>
Result<T> choose(std::string_view option, std::string_view text, std::span<const Choice<T>> choices) {
  std::string names;
  for (const Choice<T>& choice : choices) {
    if (choice.name == text) return choice.value;
    names += (names.empty() ? "" : ", ") + std::string(choice.name);
  }
  return fail(ErrorCode::usage, fmt::format("option '{}' is one of {}, not '{}'", option, names, text));
}

constexpr std::array<Choice<AtEnd>, 3> k_at_end{
    {{"keep", AtEnd::keep}, {"off", AtEnd::off}, {"restore", AtEnd::restore}}};
constexpr std::array<Choice<Passthrough>, 3> k_passthrough{
    {{"auto", Passthrough::automatic}, {"on", Passthrough::on}, {"off", Passthrough::off}}};
constexpr std::array<Choice<Rail>, 3> k_rail_choices{
    {{"main", Rail::main}, {"usb", Rail::usb}, {"aux", Rail::aux}}};
constexpr std::array<Choice<MarkerSetup::Source>, 4> k_sources{
    {{"usb-voltage", MarkerSetup::Source::usb_voltage},
     {"aux-voltage", MarkerSetup::Source::aux_voltage},
     {"voltage-bit0", MarkerSetup::Source::voltage_bit0},
     {"voltage-bit1", MarkerSetup::Source::voltage_bit1}}};

// "3.7" and "3.7V" alike: there is only one unit that it could be.
Result<double> read_quantity(std::string_view option, std::string_view text, std::string_view unit) {
  if (const auto plain = parse_number(text)) {
    if (*plain >= 0 && *plain < 1e6) return *plain;
  } else if (const auto value = parse_quantity(text, unit); value && *value >= 0) {
    return *value;
  }
  return fail(ErrorCode::usage, fmt::format("option '{}' takes a number of {}, like 3.7 or 3.7{}, not '{}'",
                                            option, unit, unit, text));
}

Status read_output(const OptionValues& options, Settings& settings) {
  if (const OptionValue* vout = options.find("vout")) {
    JM_TRY_ASSIGN(settings.vout_v, read_quantity("vout", vout->text, "V"));
  }
  JM_TRY_ASSIGN(settings.vout_at_end,
                choose<AtEnd>("vout_at_end", options.text_or("vout_at_end", "keep"), k_at_end));
  if (settings.vout_at_end != AtEnd::keep && !settings.vout_v) {
    return fail(ErrorCode::usage,
                "without a vout the output is never touched, so there is nothing to switch off or restore");
  }
  if (const OptionValue* limit = options.find("current_limit")) {
    JM_TRY_ASSIGN(settings.current_limit_a, read_quantity("current_limit", limit->text, "A"));
  }
  return {};
}

Status read_rails(const OptionValue& option, Settings& settings) {
  settings.rails.clear();
  for (const std::string& item : option.items) {
    JM_TRY_ASSIGN(const Rail rail, choose<Rail>("channels", item, k_rail_choices));
    if (std::ranges::find(settings.rails, rail) != settings.rails.end()) {
      return fail(ErrorCode::usage, fmt::format("option 'channels' names {} twice", item));
    }
    settings.rails.push_back(rail);
  }
  std::ranges::sort(settings.rails);
  return {};
}

Status read_marker(const OptionValue& option, Settings& settings) {
  MarkerSettings marker;
  JM_TRY_ASSIGN(marker.source, choose<MarkerSetup::Source>("marker", option.value(), k_sources));
  std::optional<double> hysteresis_v;
  for (const auto& [key, text] : option.params) {
    if (key == "threshold") {
      JM_TRY_ASSIGN(marker.threshold_v, read_quantity("marker threshold", text, "V"));
    } else if (key == "hysteresis") {
      JM_TRY_ASSIGN(hysteresis_v, read_quantity("marker hysteresis", text, "V"));
    } else {
      return fail(ErrorCode::usage,
                  fmt::format("option 'marker' takes threshold and hysteresis, not '{}'", key));
    }
  }
  marker.hysteresis_v = hysteresis_v.value_or(marker.threshold_v / 5);
  if (marker.threshold_v < 0.01 || marker.threshold_v > 16 || marker.hysteresis_v >= 2 * marker.threshold_v) {
    return fail(
        ErrorCode::usage,
        "option 'marker': the threshold is 0.01 V to 16 V, the hysteresis less than twice the threshold");
  }
  settings.marker = marker;
  return {};
}

// The marker drives the unit's USB voltage; passthrough would drive it from the host.
Status settle_passthrough(const OptionValues& options, Settings& settings) {
  if (const OptionValue* option = options.find("passthrough")) {
    JM_TRY_ASSIGN(settings.passthrough, choose<Passthrough>("passthrough", option->text, k_passthrough));
  }
  if (!settings.marker || settings.marker->source != MarkerSetup::Source::usb_voltage) return {};
  if (settings.passthrough.value_or(Passthrough::off) != Passthrough::off) {
    return fail(ErrorCode::usage,
                "marker=usb-voltage needs passthrough=off: otherwise this computer drives that voltage");
  }
  settings.passthrough = Passthrough::off;
  return {};
}

}  // namespace

std::vector<OptionSpec> option_specs() {
  const auto scalar = OptionKind::scalar;
  return {
      {"serial", scalar, "", "a serial number", "", "Which unit, when several are attached."},
      {"vout", scalar, "V", "HVPM 0.8 to 13.5, LVPM 2.01 to 4.55, 0 = off", "",
       "Set the main output before measuring; without it the output is never touched."},
      {"vout_at_end", scalar, "", "keep|off|restore", "keep",
       "What becomes of a vout at the end: stays, off, or what was read before."},
      {"current_limit", scalar, "A", "HVPM 0.01 to 15, LVPM 0.01 to 8", "",
       "Where the output trips, at power-up and later; encoded as the vendor's library does."},
      {"passthrough", scalar, "", "auto|on|off", "", "USB from this computer to the target; left as it is."},
      {"channels", OptionKind::list, "", "main,usb,aux", "main",
       "Which currents to record, with the voltages that are measured."},
      {"marker", OptionKind::value_and_params, "V",
       "usb-voltage|aux-voltage|voltage-bit0|voltage-bit1,threshold=V,hysteresis=V", "",
       "A digital line d0 read from a voltage (threshold 1.5 V unless given) or a low bit of its word."},
  };
}

Result<Settings> read_settings(const OptionValues& options) {
  Settings settings;
  settings.serial = options.text_or("serial", "");
  JM_TRY(read_output(options, settings));
  if (const OptionValue* channels = options.find("channels")) JM_TRY(read_rails(*channels, settings));
  if (const OptionValue* marker = options.find("marker")) JM_TRY(read_marker(*marker, settings));
  JM_TRY(settle_passthrough(options, settings));
  return settings;
}

}  // namespace joulemark::monsoon
