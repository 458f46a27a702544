// SPDX-License-Identifier: Apache-2.0
// joulemark emulate twin: hands over to joulemark-twin, a program of its own (it links a library under the
// GPL).
#include <drivers/twin/twin_process.h>

#include <app/cli/commands.h>

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

namespace joulemark::cli {
namespace {

Result<int> become_twin(std::vector<std::string> words) {
  JM_TRY_ASSIGN(const auto program, twin_process::find_executable());
  words.insert(words.begin(), "joulemark emulate twin");  // what its help and its errors call it
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  return fail(ErrorCode::io, fmt::format("{}: {}", program.string(), std::strerror(errno)));
}

}  // namespace

void add_emulate_twin(CLI::App& emulate, Context& context) {
  CLI::App* command =
      add_command(emulate, context, "twin",
                  "Two simulated boards with real firmware: a keyword spotter and a probe that measures "
                  "it, on a pseudo terminal",
                  "joulemark emulate twin --pty /tmp/twin --truth truth.json &\n"
                  "  joulemark record probe:/tmp/twin -o run.jmk --duration 10s --option shunt=1");
  command->set_help_flag();  // joulemark-twin has its own
  command->prefix_command();
  command->callback(
      [&context, command] { context.action = [command] { return become_twin(command->remaining()); }; });
}

}  // namespace joulemark::cli
