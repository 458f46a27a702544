// SPDX-License-Identifier: Apache-2.0
// joulemark devices: what is attached, what is usable and, if not, why and what to do.
#include <app/cli/commands.h>
#include <app/cli/output.h>
#include <app/recording/instruments.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <vector>

namespace joulemark::cli {
namespace {

// A family that cannot look is told about; the others are listed all the same.
std::vector<DeviceListing> attached(bool quiet) {
  std::vector<DeviceListing> all;
  const InstrumentRegistry registry = make_registry();
  for (const InstrumentFamily& family : registry.families()) {
    if (!family.discover) continue;
    const auto found = family.discover();
    if (found) all.insert(all.end(), found->begin(), found->end());
    if (!found && !quiet) talk(fmt::format("{}: {}", family.scheme, found.error().message));
  }
  return all;
}

std::string to_text(const std::vector<DeviceListing>& devices) {
  if (devices.empty()) {
    return "No instruments are attached. sim:kws, a simulated board, is always there:\n"
           "  joulemark record sim:kws -o sim.jmk --duration 10s\n";
  }
  std::string text;
  for (const DeviceListing& device : devices) {
    text += fmt::format("{:<24}  {}\n", device.uri, device.description);
    if (device.usable) continue;
    text += fmt::format("  not usable: {}\n  what to do: {}\n", device.reason, device.advice);
  }
  return text;
}

std::string to_json(const std::vector<DeviceListing>& devices) {
  auto list = nlohmann::ordered_json::array();
  for (const DeviceListing& device : devices) {
    list.push_back({{"uri", device.uri},
                    {"description", device.description},
                    {"usable", device.usable},
                    {"reason", device.reason},
                    {"advice", device.advice}});
  }
  const nlohmann::ordered_json document{{"devices", list}};
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

void add_devices(CLI::App& app, Context& context) {
  CLI::App* command = add_command(app, context, "devices", "List the instruments that are attached",
                                  "joulemark devices --json");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print JSON");
  command->callback([&context, json] {
    context.action = [&context, json]() -> Result<int> {
      const std::vector<DeviceListing> devices = attached(context.quiet);
      print(*json ? to_json(devices) : to_text(devices));
      return k_ok;
    };
  });
}

}  // namespace joulemark::cli
