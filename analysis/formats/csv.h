// SPDX-License-Identifier: Apache-2.0
// Text in columns: one row per sample, columns with units (see csv_columns.h), optionally digital levels,
// optionally edges from a second file.
//
// The file is read twice: first to find out whether its times are evenly spaced, then to import. Evenly
// spaced times make uniform channels with gaps where rows are missing, also times that are rounded to steps
// as long as the samples are apart or longer (every row is the next sample then); others make timed channels,
// where a step of more than 10 times the median one is a gap: nothing is held across it. Capture
// time 0 is the first usable row; the file's own time of it is metadata "source.first_time_ns". Values keep
// the file's numbers, the unit goes to Channel.scale. Rows that cannot be used are left out and counted in
// Anomalies.
#pragma once

#include <analysis/formats/importer.h>

#include <istream>

namespace joulemark {

[[nodiscard]] bool matches_csv(const std::filesystem::path& path);
[[nodiscard]] const std::vector<OptionSpec>& csv_options();

[[nodiscard]] Status import_csv_file(ImportPaths paths, const OptionValues& options, SampleSink& sink);

struct CsvStreams {
  std::istream* samples = nullptr;
  std::string samples_name;
  std::istream* edges = nullptr;  // null: none
  std::string edges_name;
};

// The same from seekable streams; the option "edges" is not looked at.
[[nodiscard]] Status import_csv(const CsvStreams& streams, const OptionValues& options, SampleSink& sink);

}  // namespace joulemark
