// SPDX-License-Identifier: Apache-2.0
// results.json of the MLPerf Tiny v1.3 python runner: one object per trial, its samples in joules per 1 ms,
// its edges as sample numbers.
//
// The channel "mlperf_runner.energy" holds the joules as float32 nanojoules (scale 1e-9): the instrument's
// four digits are whole nanojoules and so exact. Trials follow each other in one channel; the pause between
// two is of unknown length and shown as one unused index with a gap Anomaly. Edges are on line d0, going low.
#pragma once

#include <analysis/formats/importer.h>

#include <istream>

namespace joulemark {

[[nodiscard]] bool matches_mlperf_runner(const std::filesystem::path& path);

// paths: results.json or the folder it is in.
[[nodiscard]] Status import_mlperf_runner_results(ImportPaths paths, const OptionValues& options,
                                                  SampleSink& sink);

// The same from a seekable stream.
[[nodiscard]] Status import_mlperf_runner(std::istream& results, const std::string& name, SampleSink& sink);

}  // namespace joulemark
