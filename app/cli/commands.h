// SPDX-License-Identifier: Apache-2.0
// The sub-commands. Each adds its options to the app and, when chosen, sets context.action.
#pragma once

#include <app/cli/command.h>

namespace joulemark::cli {

void add_devices(CLI::App& app, Context& context);
void add_report(CLI::App& app, Context& context);
void add_record(CLI::App& app, Context& context);
void add_import(CLI::App& app, Context& context);
void add_mlperf(CLI::App& app, Context& context);
void add_info(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);
void add_emulate(CLI::App& app, Context& context);
void add_emulate_cp2112(CLI::App& emulate, Context& context);
void add_emulate_twin(CLI::App& emulate, Context& context);

}  // namespace joulemark::cli
