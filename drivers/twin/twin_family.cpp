// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/probe_instrument.h>
#include <drivers/transport/serial/serial_port.h>
#include <drivers/twin/twin_family.h>
#include <drivers/twin/twin_instrument.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace joulemark::twin_process {
namespace {

constexpr unsigned k_baud = 1'000'000;
constexpr double k_slack = 40;  // on a busy machine simulated boards are slower than real ones
constexpr auto k_scalar = OptionKind::scalar;

// Handed to joulemark-twin as they are, which checks them.
std::vector<OptionSpec> board_options() {
  return {
      {"seed", k_scalar, "", "0 to 2^64-1", "1", "The same seed gives the same run of the boards."},
      {"interval", k_scalar, "s", "250ms to 1h", "500ms", "Mean time from one sound to the next."},
      {"supply", k_scalar, "", "1.8 to 5.5", "3.3", "Volts before the shunt."},
      {"shunt", k_scalar, "", "0.001 to 100", "1", "The shunt resistor, in ohm."},
      {"rc", k_scalar, "s", "0s to 10ms", "20us", "Time constant of the target's capacitor."},
      {"offset", k_scalar, "V", "-320mV to 320mV", "0V", "Error of the INA219, at its shunt."},
      {"gain", k_scalar, "", "0.5 to 2", "1", "Error of the INA219; 1: none."},
      {"noise", k_scalar, "V", "0V to 320mV", "8uV", "Of a 12-bit conversion, rms, at the shunt."},
      {"slowness", k_scalar, "", "0.9 to 1.1", "1", "Conversions take so many times the typical time."},
      {"truth", k_scalar, "", "FILE.json", "", "Where to write the exact energies."},
      {"firmware", k_scalar, "", "FILE.elf", "examples/kws", "Another program for the target's board."},
      {"fault", OptionKind::list, "", "KIND@TIME,...", "",
       "Faults, as 'joulemark emulate twin --help' has them; TIME is since the probe began to sample."},
  };
}

std::vector<std::string> arguments_from(const OptionValues& options) {
  std::vector<std::string> arguments{"--until-input-ends", "--overwrite"};  // whoever opens it has asked
  const auto specs = board_options();
  for (const OptionValue& option : options.all()) {
    if (std::ranges::find(specs, option.name, &OptionSpec::name) == specs.end()) continue;
    for (const std::string& item : option.items)
      arguments.push_back(fmt::format("--{}={}", option.name, item));
  }
  return arguments;
}

// Options of the probe that make sense here.
constexpr std::array<std::string_view, 6> k_probe_options{"lines", "max_current",  "adc",
                                                          "mode",  "bus_interval", "voltage"};

std::vector<OptionSpec> all_options() {
  auto specs = board_options();
  for (OptionSpec& spec : probe::option_specs()) {
    if (std::ranges::find(k_probe_options, spec.name) != k_probe_options.end())
      specs.push_back(std::move(spec));
  }
  return specs;
}

Result<std::unique_ptr<Instrument>> open(const InstrumentUri& uri, const OptionValues& options,
                                         const std::stop_token& stop) {
  if (uri.place != "kws")
    return fail(ErrorCode::no_instrument, fmt::format("there is no twin '{}'; there is twin:kws", uri.place));
  JM_TRY_ASSIGN(probe::Settings settings, probe::read_settings(options));
  settings.shunt_ohm = settings.shunt_ohm.value_or(1);
  settings.sensor_options = true;
  settings.slack = k_slack;
  settings.simulated = true;
  if (settings.lines.empty()) settings.lines = {{0, "inference"}, {1, "listen"}, {2, "keyword"}};
  JM_TRY_ASSIGN(const auto program, find_executable());
  const auto arguments = arguments_from(options);
  JM_TRY_ASSIGN(TwinProcess process, TwinProcess::start(program, arguments, stop));
  std::vector<MetadataItem> given;
  for (const OptionValue& option : options.all())
    given.push_back({"instrument." + option.name, option.text});
  auto connect = [port = process.port()] { return serial::open_port(port, k_baud); };
  auto instrument = probe::ProbeInstrument::open(uri.text, std::move(connect), settings, std::move(given),
                                                 system_timebase(), stop);
  if (!instrument) {
    if (stop.stop_requested()) {
      process.hurry();
      return instrument;
    }
    JM_TRY(process.finish());  // why no probe answers
    return tl::make_unexpected(instrument.error());
  }
  return std::make_unique<TwinInstrument>(std::move(process), std::move(*instrument));
}

}  // namespace

InstrumentFamily twin_family() {
  return {"twin", "two simulated boards with real firmware: a keyword spotter, and a probe that measures it",
          "twin:kws", all_options(), open};
}

}  // namespace joulemark::twin_process
