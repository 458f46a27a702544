// SPDX-License-Identifier: Apache-2.0
// --markers and --elf, the same for all who take them.
#pragma once

#include <analysis/elf/marker_table.h>
#include <analysis/energy/build_report.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <CLI/CLI.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark::cli {

struct MarkerOptions {
  std::string code;  // "code:d0-d3,strobe=d4"
  std::string elf;   // the target's firmware
};

void add_marker_options(CLI::App& command, MarkerOptions& options);

// What the ELF file says, if one is given. Errors: unreadable; usage (--markers for firmware without codes).
[[nodiscard]] Result<std::optional<MarkerTable>> firmware_markers(const MarkerOptions& options);

// What to keep in a capture, so that a report needs neither option. Errors: usage (lines that are not
// recorded).
[[nodiscard]] Result<std::vector<MetadataItem>> marker_metadata(const MarkerOptions& options,
                                                                const std::optional<MarkerTable>& firmware,
                                                                std::span<const Line> lines);

// Into a report's options; rules given by hand stay.
void apply_markers(const MarkerOptions& options, const std::optional<MarkerTable>& firmware,
                   ReportOptions& report);

// Refuses (usage) firmware that marks in another way than the capture recommends, unless --markers says how.
[[nodiscard]] Status check_mode(const MarkerOptions& options, const MarkerTable& firmware,
                                SampleSource& source);

}  // namespace joulemark::cli
