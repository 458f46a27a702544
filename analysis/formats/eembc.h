// SPDX-License-Identifier: Apache-2.0
// EEMBC EnergyRunner run folders: trace1-energy.bin, trace1-timestamps.json, log.txt.
//
// trace1-energy.bin: byte 0xF1, float32 rate in Hz, then float32 microjoules per sample interval,
// little-endian. They become the energy channel "eembc.energy" with the file's own bits and scale 1e-6. The
// timestamps are falling edges only: line d0 going low, again and again; a window of inferences lies between
// the 2nd and 3rd, the 4th and 5th ... edge, which is the recommended rule "event.inference". log.txt gives
// the number of inferences, the supply (assumed; the energy itself is measured), the monitor and the marks
// for RunRecord.
#pragma once

#include <analysis/formats/importer.h>

#include <istream>

namespace joulemark {

[[nodiscard]] bool matches_eembc(const std::filesystem::path& path);

// paths: the folder, or its trace1-energy.bin.
[[nodiscard]] Status import_eembc_run(ImportPaths paths, const OptionValues& options, SampleSink& sink);

struct EembcStreams {
  std::istream* energy = nullptr;
  std::istream* timestamps = nullptr;  // null: not there
  std::istream* log = nullptr;         // null: not there
  std::string folder;                  // for messages and metadata
};

// The same from streams (seekable).
[[nodiscard]] Status import_eembc(const EembcStreams& streams, SampleSink& sink);

}  // namespace joulemark
