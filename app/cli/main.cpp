// SPDX-License-Identifier: Apache-2.0
// joulemark: the command line. Each sub-command is a file of its own.
#include <analysis/model/fold_text.h>
#include <analysis/model/units.h>

#include <app/cli/command.h>
#include <app/cli/commands.h>
#include <app/cli/output.h>
#include <app/recording/standard_streams.h>

#include <fmt/format.h>
#include <version.h>

#include <algorithm>
#include <exception>

namespace joulemark::cli {

int exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::usage:
    case ErrorCode::unreadable:
      return k_usage;
    case ErrorCode::no_instrument:
      return k_no_instrument;
    case ErrorCode::busy:
      return k_busy;
    case ErrorCode::protocol:
      return k_protocol;
    case ErrorCode::inadequate:
      return k_cannot_judge;
    case ErrorCode::capability:
      return k_capability;
    case ErrorCode::unsafe:
      return k_unsafe;
    case ErrorCode::io:
    case ErrorCode::internal:
      return k_io;
  }
  return k_io;
}

CLI::App* add_command(CLI::App& app, Context& context, const std::string& name,
                      const std::string& description, const std::string& example) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_flag("-q,--quiet", context.quiet, "Say nothing on stderr but errors");
  command->footer("Example:\n  " + example);
  return command;
}

CLI::Validator not_empty() {
  const auto check = [](const std::string& text) {
    return std::string(text.empty() ? "it is empty, like an unset variable" : "");
  };
  return {check, ""};
}

CLI::Validator file_to_write() {
  const auto check = [](std::string name) {
    if (std::string empty = not_empty()(name); !empty.empty()) return empty;
    const bool option = name.size() > 1 && name.front() == '-';
    return option ? fmt::format("a file name is missing before '{0}' (a file of that name: ./{0})", name)
                  : std::string();
  };
  return CLI::Validator(check, "");
}

CLI::Validator between(double low, double high) {
  const auto check = [low, high](const std::string& text) {
    const auto value = parse_number(text);
    if (value && *value >= low && *value <= high) return std::string();
    return fmt::format("'{}' is not a number from {} to {}", text, low, high);
  };
  return {check, ""};
}

namespace {

// Every error says which command it is of, as the commands' own do.
int tell_usage_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  const CLI::App* command = &app;
  std::string name = app.get_name();
  for (auto chosen = command->get_subcommands(); !chosen.empty(); chosen = command->get_subcommands()) {
    command = chosen.front();
    name += " " + command->get_name();
  }
  talk(fmt::format("{}: {}; see {} --help", name, error.what(), name));
  return k_usage;
}

int run(int argc, char** argv) {
  CLI::App app{"Joulemark: what does one inference cost?"};
  app.name("joulemark");
  app.set_version_flag("--version", "joulemark " JOULEMARK_VERSION);
  app.require_subcommand(1);
  Context context;
  add_devices(app, context);
  add_report(app, context);
  add_record(app, context);
  add_import(app, context);
  add_mlperf(app, context);
  add_info(app, context);
  add_verify(app, context);
  add_emulate(app, context);
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  const auto is_named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && std::ranges::none_of(commands, is_named)) {
    talk(fmt::format("joulemark: there is no command '{}'; joulemark --help lists them", argv[1]));
    return k_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    print(fold_text(app.help()));
    return flush_output() ? k_ok : k_io;
  } catch (const CLI::ParseError& error) {
    return tell_usage_error(app, error);
  }
  Result<int> result = context.action();
  if (Status flushed = flush_output(); result && !flushed) result = tl::make_unexpected(flushed.error());
  if (result) return *result;
  talk("joulemark: " + result.error().message);
  return exit_code(result.error());
}

}  // namespace
}  // namespace joulemark::cli

int main(int argc, char** argv) {
  joulemark::reserve_standard_streams();
  try {
    return joulemark::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::fputs(fmt::format("joulemark: internal error: {}\n", error.what()).c_str(), stderr);
    return joulemark::cli::k_io;
  }
}
