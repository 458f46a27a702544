// SPDX-License-Identifier: Apache-2.0
// joulemark mlperf DIR|FILE.jmk: the official MLPerf Tiny energy figures.
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_render.h>
#include <analysis/formats/importer.h>
#include <analysis/model/memory_capture.h>

#include <app/cli/command.h>
#include <app/cli/commands.h>
#include <app/cli/open_capture.h>
#include <app/cli/output.h>

#include <version.h>

#include <array>
#include <filesystem>
#include <memory>

namespace joulemark::cli {
namespace {

struct Arguments {
  std::string path;
  std::string json;
};

// A folder or file of the official tools through memory; anything else is a capture file.
Result<std::unique_ptr<SampleSource>> open_run(const std::filesystem::path& path) {
  const std::vector<std::filesystem::path> paths{path};
  const auto recognised = choose_importer("", paths);
  const bool official =
      recognised && ((*recognised)->name == "eembc" || (*recognised)->name == "mlperf_runner");
  std::error_code ignored;
  if (!official && std::filesystem::is_directory(path, ignored)) {
    return fail(ErrorCode::usage, path.string() + ": holds neither trace1-energy.bin nor results.json");
  }
  if (!official) return open_capture(path.string());
  const Importer* const importer = *recognised;
  auto capture = std::make_unique<MemoryCapture>();
  JM_TRY(importer->import(paths, OptionValues(), *capture));
  return capture;
}

int exit_code_of(MlperfVerdict verdict) {
  switch (verdict) {
    case MlperfVerdict::valid:
      return k_ok;
    case MlperfVerdict::invalid:
      return k_gate_failed;
    case MlperfVerdict::suspect:
      break;
  }
  return k_cannot_judge;
}

Result<int> run(const Arguments& arguments) {
  const std::array<std::filesystem::path, 1> paths{arguments.path};
  JM_TRY(check_outputs(files_read("", paths), std::array{arguments.json}));
  JM_TRY_ASSIGN(const std::unique_ptr<SampleSource> source, open_run(arguments.path));
  const auto judged = evaluate_mlperf(*source);
  if (!judged) return fail_at(arguments.path, judged.error());
  const MlperfResult& result = *judged;
  if (arguments.json != "-") print(mlperf_text(result));
  if (!arguments.json.empty()) {
    JM_TRY(write_output(arguments.json, mlperf_json(result, JOULEMARK_VERSION)));
  }
  return exit_code_of(result.verdict);
}

}  // namespace

void add_mlperf(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = add_command(
      app, context, "mlperf", "The official MLPerf Tiny energy figures of a run, and whether to trust them",
      "joulemark mlperf results/kws/energy --json kws.json");
  command
      ->add_option("RUN", arguments->path,
                   "EnergyRunner folder, results.json of the python runner, or FILE.jmk")
      ->required()
      ->type_name("PATH");
  command->add_option("--json", arguments->json, "Write the result as JSON; - is stdout, without the text")
      ->check(file_to_write())
      ->type_name("FILE");
  command->callback([&context, arguments] { context.action = [arguments] { return run(*arguments); }; });
}

}  // namespace joulemark::cli
