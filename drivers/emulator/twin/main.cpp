// SPDX-License-Identifier: GPL-3.0-or-later
// joulemark-twin: two simulated boards, one measuring the other, behind a serial port made of software.
// `joulemark emulate twin` and `joulemark record twin:kws` start it.
#include <analysis/model/fold_text.h>
#include <analysis/model/kept_file.h>
#include <analysis/model/units.h>

#include <drivers/emulator/twin/twin.h>
#include <drivers/emulator/twin/twin_port.h>
#include <drivers/emulator/twin/wait_for_end.h>
#include <drivers/transport/serial/pseudo_terminal.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace joulemark::twin {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  TwinSettings settings;
  std::string link;
  std::string truth_file;
  std::string pace = "real";
  std::string decoupling = "20us";
  std::string shunt_offset = "0V";
  std::string noise = "8uV";
  std::string interval = "500ms";
  std::string seed = "1";
  std::vector<std::string> faults;
  std::vector<std::string> names{"inference", "listen", "keyword"};
  bool until_input_ends = false;
  bool overwrite = false;
};

// build/bin/joulemark-twin -> build/firmware
std::string firmware_beside(const std::string& name) {
  std::error_code ignored;
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path().parent_path() / "firmware" / name).string();
}

void add_options(CLI::App& app, Arguments& arguments) {
  auto& settings = arguments.settings;
  app.add_option("--pty", arguments.link, "Make this a link to the serial port")->type_name("PATH");
  app.add_option("--truth", arguments.truth_file, "Where to write the exact energies at the end")
      ->type_name("FILE");
  app.add_option("--pace", arguments.pace, "As time goes by, or as fast as the host takes it")
      ->check(CLI::IsMember({"real", "max"}).description(""))
      ->capture_default_str()
      ->type_name("real|max");
  app.add_option("--seed", arguments.seed, "The same seed gives the same run, 0 to 2^64-1")
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--interval", arguments.interval, "Mean time from one sound to the next, 250ms to 1h")
      ->capture_default_str()
      ->type_name("TIME");
  app.add_option("--supply", settings.supply.supply_v, "Supply before the shunt, 1.8 to 5.5 V")
      ->capture_default_str()
      ->type_name("VOLTS");
  app.add_option("--shunt", settings.supply.shunt_ohm, "0.001 to 100 ohm")
      ->capture_default_str()
      ->type_name("OHMS");
  app.add_option("--rc", arguments.decoupling,
                 "Time constant of the target's capacitor, up to 10ms; 0s: none")
      ->capture_default_str()
      ->type_name("TIME");
  app.add_option("--offset", arguments.shunt_offset,
                 "Error of the INA219, at its shunt, up to 320mV either way")
      ->capture_default_str()
      ->type_name("VOLTS");
  app.add_option("--gain", settings.sensor.gain, "Error of the INA219, 0.5 to 2; 1: none")
      ->capture_default_str()
      ->type_name("TIMES");
  app.add_option("--noise", arguments.noise, "Of a 12-bit conversion, rms, at its shunt, 0V to 320mV")
      ->capture_default_str()
      ->type_name("VOLTS");
  app.add_option("--slowness", settings.sensor.slowness,
                 "Conversions take so many times the typical time, 0.9 to 1.1")
      ->capture_default_str()
      ->type_name("TIMES");
  app.add_option("--firmware", settings.target_firmware, "Another program for the target's board (ELF)")
      ->type_name("FILE");
  app.add_option("--probe-firmware", settings.probe_firmware, "Another program for the probe (ELF)")
      ->type_name("FILE");
  app.add_option("--names", arguments.names, "Of the target's marker lines, PD4 first")
      ->delimiter(',')
      ->type_name("NAME");
  app.add_option(
         "--fault", arguments.faults,
         "Repeatable: lose:N@TIME, flip:N@TIME, insert:N@TIME (bytes from the probe), nack@TIME+LENGTH, "
         "stall@TIME+LENGTH, gone@TIME+LENGTH (the INA219), overload@TIME+LENGTH, reset@TIME (the target, in "
         "the middle of an event on line 0). TIME is since sampling was last started")
      ->type_name("FAULT");
  app.add_flag("--overwrite", arguments.overwrite, "Replace the file at --truth and the link at --pty");
  app.add_flag("--until-input-ends", arguments.until_input_ends, "End with the standard input");
}

Result<double> quantity(const char* option, const std::string& text, const char* unit) {
  const auto value = parse_quantity(text, unit);
  if (!value) return fail_at(option, value.error());
  return *value;
}

Result<std::uint64_t> whole_number(const char* option, const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && rest == end) return value;
  return fail(ErrorCode::usage, fmt::format("{} is a whole number, 0 to 2^64-1, not '{}'", option, text));
}

// Written so that what is no number is in none of them.
Status check_ranges(const TwinSettings& settings) {
  const auto within = [](double value, double low, double high) { return value >= low && value <= high; };
  constexpr double k_most_shunt_v = 0.32;  // that an INA219 measures
  if (!within(settings.supply.supply_v, 1.8, 5.5)) return fail(ErrorCode::usage, "--supply is 1.8 to 5.5");
  if (!within(settings.supply.shunt_ohm, 1e-3, 100)) return fail(ErrorCode::usage, "--shunt is 0.001 to 100");
  if (!within(settings.supply.tau_s, 0, 10e-3)) return fail(ErrorCode::usage, "--rc is 0s to 10ms");
  if (!within(settings.sensor.gain, 0.5, 2)) return fail(ErrorCode::usage, "--gain is 0.5 to 2");
  if (!within(settings.sensor.slowness, 0.9, 1.1)) return fail(ErrorCode::usage, "--slowness is 0.9 to 1.1");
  if (!within(settings.sensor.offset_v, -k_most_shunt_v, k_most_shunt_v))
    return fail(ErrorCode::usage, "--offset is -320mV to 320mV");
  if (!within(settings.sensor.noise_v, 0, k_most_shunt_v))
    return fail(ErrorCode::usage, "--noise is 0V to 320mV");
  if (!within(settings.sounds.interval_s, k_least_interval_s, k_most_interval_s))
    return fail(ErrorCode::usage, "--interval is 250ms to 1h");
  return {};
}

Status complete(Arguments& arguments) {
  auto& settings = arguments.settings;
  JM_TRY_ASSIGN(settings.supply.tau_s, quantity("--rc", arguments.decoupling, "s"));
  JM_TRY_ASSIGN(settings.sensor.offset_v, quantity("--offset", arguments.shunt_offset, "V"));
  JM_TRY_ASSIGN(settings.sensor.noise_v, quantity("--noise", arguments.noise, "V"));
  JM_TRY_ASSIGN(settings.sounds.interval_s, quantity("--interval", arguments.interval, "s"));
  JM_TRY_ASSIGN(settings.faults, parse_faults(arguments.faults));
  JM_TRY_ASSIGN(settings.sounds.seed, whole_number("--seed", arguments.seed));
  JM_TRY(check_ranges(settings));
  settings.sensor.seed = settings.sounds.seed;
  if (settings.target_firmware.empty()) settings.target_firmware = firmware_beside("kws.elf");
  if (settings.probe_firmware.empty()) settings.probe_firmware = firmware_beside("jm_probe.elf");
  return {};
}

// A link of that name, as long as this lives.
class Link {
 public:
  [[nodiscard]] Status make(const std::string& path, const std::string& target) {
    std::error_code error;
    if (fs::is_symlink(path, error)) fs::remove(path, error);
    fs::create_symlink(target, path, error);
    if (error) return fail(ErrorCode::io, fmt::format("--pty {}: {}", path, error.message()));
    path_ = path;
    return {};
  }
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
  }

 private:
  std::string path_;
};

Status write_truth(const Arguments& arguments, const Twin& twin) {
  if (arguments.truth_file.empty()) return {};
  std::ofstream file(arguments.truth_file, std::ios::trunc);
  file << twin.truth_json(arguments.names);
  file.close();
  if (!file) return fail(ErrorCode::io, arguments.truth_file + ": cannot be written");
  return {};
}

// A link that one of us made who was killed leads to a terminal; what else is there is somebody's.
Status check_outputs(const Arguments& arguments) {
  JM_TRY(keep_existing("--truth", arguments.truth_file, arguments.overwrite));
  std::error_code ignored;
  if (arguments.overwrite || !fs::exists(fs::symlink_status(arguments.link, ignored))) return {};
  const std::string target = fs::read_symlink(arguments.link, ignored).string();
  if (target.starts_with("/dev/pts/")) return {};
  return fail(ErrorCode::usage,
              fmt::format("--pty {}: exists already; choose another name or replace it by --overwrite",
                          arguments.link));
}

Status run(Arguments& arguments) {
  JM_TRY(complete(arguments));
  JM_TRY(check_outputs(arguments));
  WaitForEnd end(arguments.until_input_ends);
  JM_TRY_ASSIGN(const auto twin, Twin::power_on(arguments.settings));
  JM_TRY(write_truth(arguments, *twin));  // now, so that a file that cannot be written is known at once
  Status failure;
  TwinPort port(*twin, arguments.pace == "max" ? Pace::maximum : Pace::real_time, [&](const Error& error) {
    failure = fail(error.code, error.message);
    end.request();
  });
  JM_TRY_ASSIGN(const auto terminal, serial::PseudoTerminal::open(port));
  Link link;
  if (!arguments.link.empty()) JM_TRY(link.make(arguments.link, terminal->path()));
  fmt::print("serial port {}\n", terminal->path());
  std::fflush(stdout);
  terminal->run(end.token());
  JM_TRY(write_truth(arguments, *twin));
  return failure;
}

// As the CLI's contract has them.
int exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::usage:
    case ErrorCode::unreadable:
      return 2;
    case ErrorCode::protocol:
      return 5;
    default:
      return 9;
  }
}

int run_command(int argc, char** argv) {
  CLI::App app(
      "Two simulated boards: a target that spots keywords, and a probe with an INA219 that measures it");
  const std::string name = fs::path(argv[0]).filename().string();
  app.name(name);
  app.footer(
      "Example:\n  joulemark emulate twin --pty /tmp/twin --truth truth.json &\n"
      "  joulemark record probe:/tmp/twin -o run.jmk --duration 10s --option shunt=1");
  Arguments arguments;
  add_options(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", fold_text(app.help()));
    return 0;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}: {}; see {} --help\n", name, error.what(), name);
    return 2;
  }
  const auto status = run(arguments);
  if (status) return 0;
  fmt::print(stderr, "{}: {}\n", name, status.error().message);
  return exit_code(status.error());
}

}  // namespace
}  // namespace joulemark::twin

int main(int argc, char** argv) {
  try {
    return joulemark::twin::run_command(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "joulemark-twin: internal error: {}\n", error.what());
    return 9;
  }
}
