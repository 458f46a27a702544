// SPDX-License-Identifier: Apache-2.0
// joulemark emulate: instruments made of software, for people and tests without the hardware.
#include <analysis/model/kept_file.h>

#include <drivers/emulator/lvpm_serial_model.h>
#include <drivers/emulator/monsoon_model.h>
#include <drivers/transport/serial/pseudo_terminal.h>
#include <drivers/transport/usbip/usbip_server.h>

#include <app/cli/commands.h>
#include <app/cli/output.h>
#include <app/cli/stop_on_signal.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joulemark::cli {
namespace {

using emulator::MonsoonKind;

struct Model {
  std::string_view name;
  MonsoonKind kind;
};
constexpr std::array<Model, 3> k_models{
    {{"hvpm", MonsoonKind::hvpm}, {"lvpm", MonsoonKind::lvpm}, {"lvpm-serial", MonsoonKind::lvpm_serial}}};

struct MonsoonArguments {
  std::uint16_t port = 3240;
  std::string scenario = "kws";
  std::string model = "hvpm";
  std::vector<std::string> faults;
  std::string truth_file;
  bool overwrite = false;
  emulator::MonsoonSettings settings;
};

void print_line(const std::string& line) {
  print(line + "\n");
  std::fflush(stdout);  // scripts wait for it
}

emulator::MonsoonObserver observer(const MonsoonArguments& arguments, bool quiet, Status& written) {
  emulator::MonsoonObserver observer;
  if (!quiet) observer.log = [](const std::string& line) { talk(line); };
  if (!arguments.truth_file.empty()) {
    observer.truth = [&arguments, &written](const std::string& json) {
      if (const auto status = write_output(arguments.truth_file, json); !status) written = status;
    };
  }
  return observer;
}

Status serve_usb(const MonsoonArguments& arguments, std::unique_ptr<emulator::MonsoonScenario> scenario,
                 emulator::MonsoonObserver observer, emulator::MonsoonCounters& counters) {
  emulator::MonsoonModel model(arguments.settings, std::move(scenario), std::move(observer));
  const StopOnSignal signals;
  JM_TRY_ASSIGN(const auto server, usbip::UsbipServer::listen(model, arguments.port));
  print_line(fmt::format("listening on 127.0.0.1:{}", server->port()));
  server->run(signals.token());
  model.finish();
  counters = model.counters();
  return {};
}

Status serve_terminal(const MonsoonArguments& arguments, std::unique_ptr<emulator::MonsoonScenario> scenario,
                      emulator::MonsoonObserver observer, emulator::MonsoonCounters& counters) {
  emulator::LvpmSerialModel model(arguments.settings, std::move(scenario), std::move(observer));
  const StopOnSignal signals;
  JM_TRY_ASSIGN(const auto terminal, serial::PseudoTerminal::open(model));
  print_line(fmt::format("serial port {}", terminal->path()));
  terminal->run(signals.token());
  model.finish();
  counters = model.counters();
  return {};
}

Status check_output(const emulator::MonsoonSettings& settings) {
  const auto& hardware = emulator::monsoon_hardware(settings.kind);
  const double volts = settings.output_v;
  if (volts == 0 || (volts >= hardware.lowest_voltage_v && volts <= hardware.highest_voltage_v)) return {};
  return fail(ErrorCode::usage, fmt::format("--vout {}: this model puts out {} to {} V, or 0", volts,
                                            hardware.lowest_voltage_v, hardware.highest_voltage_v));
}

Result<int> emulate_monsoon(MonsoonArguments arguments, bool quiet) {
  auto& settings = arguments.settings;
  settings.kind = std::ranges::find(k_models, arguments.model, &Model::name)->kind;
  const bool is_serial = settings.kind == MonsoonKind::lvpm_serial;
  JM_TRY(check_output(settings));
  JM_TRY(keep_existing("--truth", arguments.truth_file, arguments.overwrite));
  JM_TRY_ASSIGN(settings.sampler.faults, emulator::parse_monsoon_faults(arguments.faults));
  if (is_serial) JM_TRY(emulator::check_serial_faults(settings.sampler.faults));
  JM_TRY_ASSIGN(auto scenario, emulator::make_monsoon_scenario(arguments.scenario, settings.sampler.seed));
  Status written;
  emulator::MonsoonCounters counters;
  auto told = observer(arguments, quiet, written);
  JM_TRY(is_serial ? serve_terminal(arguments, std::move(scenario), std::move(told), counters)
                   : serve_usb(arguments, std::move(scenario), std::move(told), counters));
  print_line(
      fmt::format("runs {}, slots {}, dropped {}, dropped with a queue of 16 {}, refused {}, violations {}",
                  counters.runs, counters.slots, counters.dropped, counters.dropped_of_unit, counters.refused,
                  counters.violations));
  JM_TRY(written);
  return k_ok;
}

void add_sampler_options(CLI::App& command, emulator::MonsoonSamplerSettings& sampler) {
  command.add_option("--seed", sampler.seed, "The same seed gives the same run")
      ->capture_default_str()
      ->type_name("N");
  command.add_option("--queue", sampler.queue_slots, "Slots the unit holds for a late host (a real one: 16)")
      ->check(between(3, 1'000'000))
      ->capture_default_str()
      ->type_name("N");
  command.add_option("--noise", sampler.noise, "Times the usual noise of 2 codes fine, 1 coarse")
      ->check(between(0, 1000))
      ->capture_default_str()
      ->type_name("TIMES");
  command
      .add_option("--calibration", sampler.calibration_observations,
                  "Zero, and as many reference observations in each calibration")
      ->check(between(1, 100))
      ->capture_default_str()
      ->type_name("N");
  command.add_flag("--marker-bits", sampler.marker_bits, "The marker is bit 0 of the voltage word too");
}

void add_monsoon(CLI::App& emulate, Context& context) {
  CLI::App* command = add_command(emulate, context, "monsoon",
                                  "A Monsoon power monitor, as a USB/IP server on loopback or a serial port",
                                  "joulemark emulate monsoon --vout 3.7 --truth truth.json &\n"
                                  "  sudo modprobe vhci-hcd && sudo usbip attach -r 127.0.0.1 -b 1-1\n"
                                  "  joulemark record monsoon: -o run.jmk --duration 10s");
  const auto arguments = std::make_shared<MonsoonArguments>();
  auto& settings = arguments->settings;
  command->add_option("--port", arguments->port, "TCP port on 127.0.0.1, 0 for any free one")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--model", arguments->model,
                   "hvpm, lvpm with the USB firmware, or lvpm-serial: with factory firmware, on a pseudo "
                   "terminal instead of USB/IP")
      ->check(CLI::IsMember({"hvpm", "lvpm", "lvpm-serial"}).description(""))
      ->capture_default_str()
      ->type_name("MODEL");
  command
      ->add_option(
          "--scenario", arguments->scenario,
          "kws (kws:10x: ten times the current), constant:10mA or square:1mA,500mA,100ms,50%. "
          "It starts anew with every start of sampling; inference or HIGH is on the USB voltage, 3.3 V")
      ->capture_default_str()
      ->type_name("WHAT");
  command->add_option("--serial", settings.serial, "Serial number")->capture_default_str()->type_name("N");
  command->add_option("--vout", settings.output_v, "Output voltage as found; 0: off")
      ->capture_default_str()
      ->type_name("VOLTS");
  add_sampler_options(*command, settings.sampler);
  command
      ->add_option(
          "--fault", arguments->faults,
          "Repeatable: drop:N@TIME, lose:N@TIME (packets), corrupt@TIME, stall@TIME, unplug@TIME, "
          "unplug@list|configure|calibrate|sample|stop, trip@TIME, wrap@TIME, drift:PPM, bad-daccal, "
          "start-sampling, no-calibration. TIME is since the start of sampling")
      ->type_name("FAULT");
  command
      ->add_option("--truth", arguments->truth_file,
                   "Where to write the exact energies of each run when it ends")
      ->check(file_to_write())
      ->type_name("FILE");
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file at --truth");
  command->callback([&context, arguments] {
    context.action = [&context, arguments] { return emulate_monsoon(*arguments, context.quiet); };
  });
}

}  // namespace

void add_emulate(CLI::App& app, Context& context) {
  CLI::App* emulate =
      add_command(app, context, "emulate", "Instruments made of software, to try and test without hardware",
                  "joulemark emulate monsoon --scenario square:1mA,500mA,100ms,50%");
  emulate->require_subcommand(1);
  add_monsoon(*emulate, context);
  add_emulate_cp2112(*emulate, context);
#ifdef JOULEMARK_TWIN
  add_emulate_twin(*emulate, context);
#endif
}

}  // namespace joulemark::cli
