// SPDX-License-Identifier: Apache-2.0
// The official MLPerf Tiny energy figures of a run, to the printed digit, and whether to believe them.
//
// Rule of EEMBC EnergyRunner: a time axis is built by adding 1 / rate again and again in double precision; a
// window between two edges holds the whole samples from the first one at or after its start to the last one
// before the first at or after its stop. Windows are the gaps between successive edges, numbered from 1; the
// even ones count. The python runner of v1.3 gives edges as sample numbers and counts the last two of each
// trial.
#pragma once

#include <analysis/benchmark/run_record.h>
#include <analysis/model/sample_source.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

struct MlperfWindow {
  std::int64_t index =
      0;  // the official number: 2, 4, ... 10 (EnergyRunner) or the trial, 0, 1, ... (python runner)
  double start_s = 0;
  double stop_s = 0;
  double runtime_s = 0;
  std::optional<double> energy_j;  // none when there is no sample; too low when some are missing
  std::optional<double> power_w;   // energy over the whole samples' time
  std::optional<std::int64_t> inferences;
  std::optional<double> energy_per_inference_j;
  std::optional<double> throughput_ips;
  std::int64_t missing_samples = 0;  // of those the window should hold

  bool operator==(const MlperfWindow&) const = default;
};

struct MlperfFigures {
  std::vector<MlperfWindow> windows;
  std::optional<double> median_energy_per_inference_j;
  std::optional<double> median_throughput_ips;

  bool operator==(const MlperfFigures&) const = default;
};

enum class MlperfRuleStatus { pass, fail, unknown };

struct MlperfRule {
  std::string name;  // with its unit: "min_window_s"
  double limit = 0;
  std::optional<double> observed;
  MlperfRuleStatus status = MlperfRuleStatus::unknown;
};

struct MlperfFinding {
  std::string code;     // "edge_lost"
  std::string message;  // one plain sentence
};

// How the log fits the edges.
struct LogFit {
  std::int64_t marks = 0;  // starts and dones
  std::int64_t matched = 0;
  double offset_s = 0;
  double max_residual_s = 0;
};

// suspect: the windows may not be the inferences, or their samples cannot be true, so nothing is judged.
// invalid: a rule fails. A window that lacks samples, but fewer than a rule allows, is suspect too.
enum class MlperfVerdict { valid, suspect, invalid };

struct MlperfResult {
  MlperfTool tool = MlperfTool::energyrunner;
  MlperfFigures figures;  // as the official tool computes them
  std::vector<MlperfRule> rules;
  std::vector<MlperfFinding> findings;
  std::optional<LogFit> log_fit;
  MlperfVerdict verdict = MlperfVerdict::valid;
  std::optional<MlperfFigures> repaired;  // by the log's marks, when the edges' own pairing is wrong or short
};

[[nodiscard]] std::string_view name_of(MlperfRuleStatus status);
[[nodiscard]] std::string_view name_of(MlperfVerdict verdict);
[[nodiscard]] std::string_view name_of(MlperfTool tool);

// Errors: inadequate (no channel of energy per interval, or a trace beyond 2^28 samples (three days at 1 kHz)
// or a million edges), unreadable (damaged metadata) and the source's own.
[[nodiscard]] Result<MlperfResult> evaluate_mlperf(SampleSource& source);

}  // namespace joulemark
