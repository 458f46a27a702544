// SPDX-License-Identifier: Apache-2.0
// What the MLPerf Tiny energy rule needs to know of a run besides its samples and edges. It travels in the
// capture's metadata, so that a .jmk file can be judged without the folder it came from.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// Which tool's rule applies.
enum class MlperfTool {
  energyrunner,   // EEMBC EnergyRunner (MLPerf Tiny v0.5 to v1.3): one trace, windows between its edges
  python_runner,  // MLPerf Tiny v1.3 python runner: one stretch of samples per trial, edges by sample number
};

enum class LogMarkKind { handshake, start, done };

// One line of the run's log. Its clock is the log's own and lies an unknown offset away from the capture's.
struct LogMark {
  LogMarkKind kind = LogMarkKind::start;
  double time_s = 0;
  bool operator==(const LogMark&) const = default;
};

// One stretch of the python runner: the indices [first_index, first_index + samples) of the energy channel.
struct Trial {
  std::int64_t first_index = 0;
  std::int64_t samples = 0;
  bool operator==(const Trial&) const = default;
};

struct RunRecord {
  MlperfTool tool = MlperfTool::energyrunner;
  std::optional<std::int64_t> inferences;  // per window
  bool inferences_agree = true;            // false: the run names several numbers, this is the first
  std::optional<double> dropped_fraction;  // samples the monitor said it lost
  std::optional<double> began_s;           // the log's "trace on", on its clock
  std::optional<double> traced_s;          // from there to its "trace off"
  std::vector<LogMark> marks;              // in log order; empty without a log
  std::vector<Trial> trials;               // python runner only

  bool operator==(const RunRecord&) const = default;
};

inline constexpr std::string_view k_run_record_key = "mlperf.run";

// More marks or trials than any real run has; importers refuse or cut there.
inline constexpr std::size_t k_max_run_parts = 1000;

[[nodiscard]] std::string_view name_of(LogMarkKind kind);
[[nodiscard]] MetadataItem to_metadata(const RunRecord& record);

// None when the capture holds no record. Errors: unreadable, when it does not parse.
[[nodiscard]] Result<std::optional<RunRecord>> run_record(std::span<const MetadataItem> metadata);

}  // namespace joulemark
