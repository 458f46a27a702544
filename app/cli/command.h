// SPDX-License-Identifier: Apache-2.0
// How a sub-command hangs on the CLI: one small file each, one add_... function below.
#pragma once

#include <analysis/model/result.h>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace joulemark::cli {

// Exit codes of the CLI contract.
enum ExitCode : int {
  k_ok = 0,
  k_gate_failed = 1,
  k_usage = 2,
  k_no_instrument = 3,
  k_busy = 4,
  k_protocol = 5,
  k_cannot_judge = 6,
  k_capability = 7,
  k_unsafe = 8,
  k_io = 9,
};

[[nodiscard]] int exit_code(const Error& error);

// What the parsed sub-command will do; its value is the exit code. An Error is printed on stderr and mapped.
using Action = std::function<Result<int>()>;

struct Context {
  Action action;       // set by the sub-command that was chosen
  bool quiet = false;  // --quiet: nothing on stderr but errors
};

// Adds --quiet and an example to the help of a sub-command.
CLI::App* add_command(CLI::App& app, Context& context, const std::string& name,
                      const std::string& description, const std::string& example);

[[nodiscard]] CLI::Validator not_empty();

// Refuses no name, and what looks like an option where a file to write is wanted: then its name was
// forgotten.
[[nodiscard]] CLI::Validator file_to_write();

// A number from low to high, both included. CLI::Range lets pass what compares with nothing (nan).
[[nodiscard]] CLI::Validator between(double low, double high);

}  // namespace joulemark::cli
