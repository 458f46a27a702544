// SPDX-License-Identifier: Apache-2.0
// joulemark emulate cp2112: a USB-to-I2C bridge with an INA219 on it.
#include <analysis/model/kept_file.h>
#include <analysis/model/units.h>

#include <drivers/emulator/cp2112_model.h>
#include <drivers/transport/usbip/usbip_server.h>

#include <app/cli/commands.h>
#include <app/cli/output.h>
#include <app/cli/stop_on_signal.h>

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

namespace joulemark::cli {
namespace {

struct Cp2112Arguments {
  std::uint16_t port = 3240;
  std::string scenario = "square:5mA,100mA,2s";
  double voltage_v = 3.3;
  std::string unplug;
  std::string loose;
  std::string truth_file;
  bool overwrite = false;
  emulator::Cp2112Settings bridge;
  emulator::Ina219Settings chip;
};

Status read_time(const char* option, const std::string& text, std::optional<TimeNs>& into) {
  if (text.empty()) return {};
  const auto time_ns = parse_time(text);
  if (!time_ns) return fail_at(option, time_ns.error());
  if (*time_ns < 0) return fail(ErrorCode::usage, fmt::format("{}: '{}' is before the start", option, text));
  into = *time_ns;
  return {};
}

// A line per conversion, on the steady clock, which the samples of a recording on this computer are on too.
void write_truth(std::ofstream& file, TimeNs zero_ns, const emulator::Ina219Conversion& done) {
  file << fmt::format("{},{},{},{:.9g},{}\n", zero_ns + done.time.begin_ns, zero_ns + done.time.end_ns,
                      done.shunt ? "current_a" : "voltage_v", done.mean, done.code);
}

Result<int> emulate_cp2112(Cp2112Arguments arguments) {
  JM_TRY(read_time("--unplug", arguments.unplug, arguments.bridge.unplug_ns));
  JM_TRY(read_time("--loose", arguments.loose, arguments.bridge.loose_ns));
  JM_TRY_ASSIGN(auto scenario, emulator::make_monsoon_scenario(arguments.scenario, arguments.chip.seed));
  JM_TRY(keep_existing("--truth", arguments.truth_file, arguments.overwrite));
  std::ofstream truth;
  if (!arguments.truth_file.empty()) {
    truth.open(arguments.truth_file, std::ios::trunc);
    truth << "begin_ns,end_ns,quantity,mean,code\n";
    if (!truth) return fail(ErrorCode::io, arguments.truth_file + ": cannot be written");
  }
  emulator::ScenarioLoad load(std::move(scenario), arguments.voltage_v, arguments.chip.shunt_ohm);
  std::unique_ptr<usbip::UsbipServer> server;
  emulator::Ina219Model chip(arguments.chip, load, [&](const emulator::Ina219Conversion& done) {
    if (truth.is_open()) write_truth(truth, server->zero_ns(), done);
  });
  emulator::Cp2112Model bridge(arguments.bridge, chip, load);
  const StopOnSignal signals;
  JM_TRY_ASSIGN(server, usbip::UsbipServer::listen(bridge, arguments.port));
  print(fmt::format("listening on 127.0.0.1:{}\n", server->port()));
  std::fflush(stdout);  // scripts wait for it
  server->run(signals.token());
  print(fmt::format("transfers {}\n", bridge.transfers()));
  if (truth.is_open() && !truth.flush())
    return fail(ErrorCode::io, arguments.truth_file + ": cannot be written");
  return k_ok;
}

}  // namespace

void add_emulate_cp2112(CLI::App& emulate, Context& context) {
  CLI::App* command =
      add_command(emulate, context, "cp2112", "A CP2112 USB-to-I2C bridge with an INA219, as a USB/IP server",
                  "joulemark emulate cp2112 &\n"
                  "  sudo modprobe -a vhci-hcd hid-cp2112 i2c-dev\n"
                  "  sudo usbip attach -r 127.0.0.1 -b 1-1\n"
                  "  joulemark devices\n"
                  "  joulemark record i2c:/dev/i2c-1 -o run.jmk --duration 10s");
  const auto arguments = std::make_shared<Cp2112Arguments>();
  command->add_option("--port", arguments->port, "TCP port on 127.0.0.1, 0 for any free one")
      ->capture_default_str()
      ->type_name("N");
  command
      ->add_option("--scenario", arguments->scenario,
                   "kws (kws:10x: ten times the current), constant:10mA or square:1mA,100mA,2s,50%; HIGH or "
                   "inference is on GPIO 0")
      ->capture_default_str()
      ->type_name("WHAT");
  command->add_option("--voltage", arguments->voltage_v, "Supply before the shunt, in volts")
      ->check(between(0, 26))
      ->capture_default_str()
      ->type_name("VOLTS");
  command->add_option("--shunt", arguments->chip.shunt_ohm, "Shunt, in ohm")
      ->check(between(1e-3, 100))
      ->capture_default_str()
      ->type_name("OHMS");
  command
      ->add_option("--slowness", arguments->chip.slowness, "Times the typical 532 us that a conversion takes")
      ->check(between(0.9, 1.15))
      ->capture_default_str()
      ->type_name("TIMES");
  command->add_option("--offset", arguments->chip.offset_v, "Offset of the shunt voltage, in volts")
      ->check(between(-200e-6, 200e-6))
      ->capture_default_str()
      ->type_name("VOLTS");
  command->add_option("--noise", arguments->chip.noise_v, "Noise of a 12-bit conversion, in volts (rms)")
      ->check(between(0, 1e-3))
      ->capture_default_str()
      ->type_name("VOLTS");
  command->add_option("--seed", arguments->chip.seed, "The same seed gives the same run")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--serial", arguments->bridge.serial, "Serial number")
      ->capture_default_str()
      ->type_name("NAME");
  command->add_option("--unplug", arguments->unplug, "A fault: it leaves the USB then, like 5s")
      ->type_name("TIME");
  command->add_option("--loose", arguments->loose, "A fault: the INA219 does not acknowledge from then on")
      ->type_name("TIME");
  command
      ->add_option("--truth", arguments->truth_file, "Where to write every conversion as it really was (CSV)")
      ->check(file_to_write())
      ->type_name("FILE");
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file at --truth");
  command->callback(
      [&context, arguments] { context.action = [arguments] { return emulate_cp2112(*arguments); }; });
}

}  // namespace joulemark::cli
