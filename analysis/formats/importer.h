// SPDX-License-Identifier: Apache-2.0
// Importers: one file pair per format, one row each in the table of importer.cpp.
#pragma once

#include <analysis/model/option.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_sink.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

using ImportPaths = std::span<const std::filesystem::path>;

struct Importer {
  std::string name;
  std::string description;
  std::vector<OptionSpec> options;

  std::vector<std::string> files;  // what it reads in a folder

  // Whether the path looks like this format; cheap, and never an error.
  bool (*matches)(const std::filesystem::path& path);

  // Feeds everything to the sink, from begin to end(completed), or end(failed) on an Error after begin.
  // Memory does not grow with the files. What is wrong with the data becomes an Anomaly while the rest is
  // usable. Errors: usage (options), unreadable (nothing usable; file and place named), io, and the sink's
  // own.
  Status (*import)(ImportPaths paths, const OptionValues& options, SampleSink& sink);
};

[[nodiscard]] std::span<const Importer> importers();

// By name, or by what the first path looks like when the name is empty. Errors: usage, listing the formats.
[[nodiscard]] Result<const Importer*> choose_importer(std::string_view name, ImportPaths paths);

// The files that such an import reads: those it is given, and the parts that are there of a run.
[[nodiscard]] std::vector<std::string> files_read(std::string_view name, ImportPaths paths);

// Ends an import that has begun: completed, or failed with its Error.
[[nodiscard]] Status finish_import(SampleSink& sink, Status outcome);

}  // namespace joulemark
