// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv.h>
#include <analysis/formats/eembc.h>
#include <analysis/formats/importer.h>
#include <analysis/formats/mlperf_runner.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark {
namespace {

std::string format_names() {
  std::string names;
  for (const Importer& importer : importers())
    names += (names.empty() ? "" : ", ") + importer.name;
  return names;
}

}  // namespace

std::span<const Importer> importers() {
  static const std::vector<Importer> k_importers{
      {"eembc",
       "EEMBC EnergyRunner run folder (MLPerf Tiny): trace1-energy.bin, trace1-timestamps.json, log.txt",
       {},
       {"trace1-energy.bin", "trace1-timestamps.json", "log.txt"},
       matches_eembc,
       import_eembc_run},
      {"mlperf_runner",
       "MLPerf Tiny v1.3 python runner: results.json or its folder",
       {},
       {"results.json"},
       matches_mlperf_runner,
       import_mlperf_runner_results},
      {"csv",
       "Text in columns, one row per sample: PPK2, Monsoon and others",
       csv_options(),
       {},
       matches_csv,
       import_csv_file},
  };
  return k_importers;
}

Result<const Importer*> choose_importer(std::string_view name, ImportPaths paths) {
  if (paths.empty()) return fail(ErrorCode::usage, "name a file or folder to import");
  const auto all = importers();
  const auto chosen = std::ranges::find_if(all, [&](const Importer& importer) {
    return name.empty() ? importer.matches(paths.front()) : importer.name == name;
  });
  if (chosen != all.end()) return &*chosen;
  if (!name.empty()) {
    return fail(ErrorCode::usage,
                fmt::format("there is no import format '{}'; known: {}", name, format_names()));
  }
  std::error_code ignored;
  if (!std::filesystem::exists(paths.front(), ignored)) {
    return fail(ErrorCode::unreadable, fmt::format("{}: no such file or folder", paths.front().string()));
  }
  return fail(ErrorCode::usage, fmt::format("{}: the format is not recognised; say which with --format ({})",
                                            paths.front().string(), format_names()));
}

std::vector<std::string> files_read(std::string_view name, ImportPaths paths) {
  const auto importer = choose_importer(name, paths);
  std::error_code ignored;
  std::vector<std::string> files;
  for (const std::filesystem::path& path : paths) {
    const bool is_folder = std::filesystem::is_directory(path, ignored);
    if (!is_folder) files.push_back(path.string());
    if (!importer || !(is_folder || (*importer)->matches(path))) continue;
    const std::filesystem::path folder = is_folder ? path : path.parent_path();
    for (const std::string& part : (*importer)->files) {
      if (std::filesystem::exists(folder / part, ignored)) files.push_back((folder / part).string());
    }
  }
  return files;
}

Status finish_import(SampleSink& sink, Status outcome) {
  if (outcome) return sink.end(EndReason::completed);
  (void)sink.end(EndReason::failed);  // why it failed matters more than whether it closed
  return outcome;
}

}  // namespace joulemark
