// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/edge_check.h>
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_rules.h>
#include <analysis/benchmark/mlperf_windows.h>
#include <analysis/benchmark/sample_check.h>
#include <analysis/model/names.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_official_rate_hz = 1000;  // of every published trace

// How far the samples of a whole trace may last from the log's trace on to off. Of sixteen published runs the
// LPM01A's, in packets of 1.024 s, are 0.04 to 0.99 s longer, the JS110's up to 0.05 s shorter.
constexpr double k_most_long_s = 1.05;
double most_short_s(const InstrumentIdentity& monitor) {
  return monitor.model == "X-NUCLEO-LPM01A" ? 0.02 : 0.1;
}

constexpr NameTable<MlperfRuleStatus, 3> k_statuses{{{MlperfRuleStatus::pass, "pass"},
                                                     {MlperfRuleStatus::fail, "fail"},
                                                     {MlperfRuleStatus::unknown, "unknown"}}};
constexpr NameTable<MlperfVerdict, 3> k_verdicts{{{MlperfVerdict::valid, "valid"},
                                                  {MlperfVerdict::suspect, "suspect"},
                                                  {MlperfVerdict::invalid, "invalid"}}};
constexpr NameTable<MlperfTool, 2> k_tools{{{MlperfTool::energyrunner, "EEMBC EnergyRunner"},
                                            {MlperfTool::python_runner, "MLPerf Tiny python runner"}}};

constexpr LineId k_line{0};
constexpr std::size_t k_most_edges = 1'000'000;

Result<ChannelId> energy_channel(const CaptureInfo& info) {
  for (std::uint32_t i = 0; i < info.channels.size(); ++i) {
    if (info.channels[i].quantity == Quantity::energy) return ChannelId{i};
  }
  return fail(
      ErrorCode::inadequate,
      "there is no channel of energy per interval, which the MLPerf Tiny rule sums; import an EnergyRunner "
      "folder or a results.json of the python runner");
}

Result<std::vector<TimeNs>> falling_edges(SampleSource& source, TimeNs origin_ns) {
  std::vector<TimeNs> times_ns;
  JM_TRY(source.edges(k_all_time, [&](std::span<const Edge> edges) -> Status {
    for (const Edge& edge : edges) {
      if (edge.line == k_line && !edge.level) times_ns.push_back(edge.time_ns - origin_ns);
    }
    if (times_ns.size() > k_most_edges)
      return fail(ErrorCode::inadequate, "line d0 has more than a million edges");
    return {};
  }));
  return times_ns;
}

// The windows of EnergyRunner for pairs of edges.
Result<std::vector<WindowSpan>> spans_of(double rate_hz, std::span<const TimeNs> edges_ns,
                                         std::span<const EdgePair> pairs) {
  JM_TRY_ASSIGN(const std::vector<std::int64_t> at, accumulated_indices(rate_hz, edges_ns));
  std::vector<WindowSpan> spans;
  for (const EdgePair& pair : pairs) {
    spans.push_back(
        {pair.index, {edges_ns[pair.start], edges_ns[pair.stop]}, {at[pair.start], at[pair.stop]}});
  }
  return spans;
}

// The windows of the python runner: the last two edges of each trial, which lie on sample boundaries.
std::vector<WindowSpan> trial_spans(double rate_hz, std::span<const TimeNs> edges_ns,
                                    std::span<const Trial> trials) {
  std::vector<WindowSpan> spans;
  for (std::size_t t = 0; t < trials.size(); ++t) {
    const auto end = trials[t].first_index + trials[t].samples;
    std::vector<IndexRange> edges;  // begin alone is used
    for (const TimeNs edge_ns : edges_ns) {
      const std::int64_t index = std::llround(to_seconds(edge_ns) * rate_hz);
      if (index >= trials[t].first_index && index <= end) edges.push_back({index, edge_ns});
    }
    if (edges.size() < 2) continue;
    const IndexRange& start = edges[edges.size() - 2];
    const IndexRange& stop = edges.back();
    spans.push_back({static_cast<std::int64_t>(t), {start.end, stop.end}, {start.begin, stop.begin}});
  }
  return spans;
}

// Whether every sample of every window is there.
bool all_recorded(MlperfResult& result) {
  bool whole = true;
  for (const MlperfWindow& window : result.figures.windows) {
    if (!window.energy_j) {
      whole = false;
      result.findings.push_back(
          {"window_empty", fmt::format("Window {} holds no sample, so it has no energy.", window.index)});
    } else if (window.missing_samples > 0) {
      whole = false;
      result.findings.push_back(
          {"window_not_recorded", fmt::format("Window {} lacks {} of its samples: its energy is too low.",
                                              window.index, window.missing_samples)});
    }
  }
  return whole;
}

// What the capture itself says is wrong with the run. True when that puts the figures in doubt: trouble with
// the edges does, and trouble within a window, unless it shows as samples missing there.
bool note_anomalies(std::span<const Anomaly> anomalies, std::span<const WindowSpan> spans,
                    MlperfResult& result) {
  bool doubtful = false;
  for (const Anomaly& anomaly : anomalies) {
    if (anomaly.severity == Severity::info) continue;
    const bool counted = anomaly.kind == AnomalyKind::gap || anomaly.kind == AnomalyKind::invalid_value ||
                         anomaly.kind == AnomalyKind::truncated;
    const auto touched = [&](const WindowSpan& span) {
      return anomaly.time.begin_ns < span.time.end_ns && anomaly.time.end_ns >= span.time.begin_ns;
    };
    const auto same = [&](const MlperfFinding& finding) { return finding.message == anomaly.message; };
    if (std::ranges::any_of(result.findings, same)) continue;  // found here too
    doubtful = doubtful || !anomaly.channel || (!counted && std::ranges::any_of(spans, touched));
    result.findings.push_back({std::string(name_of(anomaly.kind)), anomaly.message});
  }
  return doubtful;
}

// One run on its way to its verdict.
class Evaluation {
 public:
  Evaluation(SampleSource& source, ChannelId channel, RunRecord record)
      : source_(source),
        channel_(channel),
        energy_(source.info().channels[channel.value]),
        record_(std::move(record)) {
    result_.tool = record_.tool;
  }

  Result<MlperfResult> run() {
    JM_TRY_ASSIGN(const std::vector<TimeNs> edges_ns, falling_edges(source_, energy_.start_ns));
    if (record_.tool == MlperfTool::python_runner) {
      spans_ = trial_spans(energy_.rate_hz, edges_ns, record_.trials);
      note_missing_trials();
    } else {
      JM_TRY(pair_edges(edges_ns));
    }
    JM_TRY_ASSIGN(result_.figures, figures_of(source_, channel_, spans_, record_.inferences));
    result_.rules = judge_rules(result_.figures, record_, spans_);
    doubt_facts();
    JM_TRY(doubt_length());
    JM_TRY(doubt_samples());
    result_.verdict = verdict();
    return std::move(result_);
  }

 private:
  Status pair_edges(const std::vector<TimeNs>& edges_ns) {
    JM_TRY_ASSIGN(const Extent extent, source_.extent(channel_));
    const double end_s = static_cast<double>(extent.indices.end) / energy_.rate_hz;
    EdgeCheck check = check_edges(edges_ns, record_.marks, {0, from_seconds(std::min(end_s, 9e9))});
    JM_TRY_ASSIGN(spans_, spans_of(energy_.rate_hz, edges_ns, check.official));
    suspect_ = check.suspect;
    doubtful_ = check.doubtful;
    result_.findings = std::move(check.findings);
    result_.log_fit = check.log_fit;
    if (check.repaired.empty()) return {};
    JM_TRY_ASSIGN(const auto repaired, spans_of(energy_.rate_hz, edges_ns, check.repaired));
    JM_TRY_ASSIGN(result_.repaired, figures_of(source_, channel_, repaired, record_.inferences));
    return {};
  }

  void note_missing_trials() {
    if (spans_.size() == record_.trials.size()) return;
    suspect_ = true;
    note("trial_without_window", fmt::format("{} of {} trials have fewer than the two edges of a window.",
                                             record_.trials.size() - spans_.size(), record_.trials.size()));
  }

  // Samples lost or doubled within the trace leave no mark in it, but shift everything after them.
  Status doubt_length() {
    if (!record_.traced_s) return {};
    JM_TRY_ASSIGN(const Extent extent, source_.extent(channel_));
    const double held_s = static_cast<double>(extent.indices.end) / energy_.rate_hz;
    const double surplus_s = held_s - *record_.traced_s;
    if (surplus_s >= -most_short_s(source_.info().instrument) && surplus_s <= k_most_long_s) return {};
    doubtful_ = true;
    note(
        surplus_s < 0 ? "trace_too_short" : "trace_too_long",
        fmt::format("The trace holds {:.3f} s of samples, but by the log it was on for {:.3f} s: samples are "
                    "{}, and those after them lie in the wrong place.",
                    held_s, *record_.traced_s, surplus_s < 0 ? "lost" : "doubled"));
    return {};
  }

  // What is known of the run, apart from edges and samples.
  void doubt_facts() {
    if (!record_.inferences) {
      suspect_ = true;
      note("inferences_unknown",
           "The number of inferences per window is not known (it is in log.txt), so there is no "
           "energy per inference.");
    }
    if (!record_.inferences_agree) {
      suspect_ = true;
      note("inferences_disagree", "The run names different numbers of inferences; the first one is used.");
    }
    if (energy_.rate_hz != k_official_rate_hz) {
      suspect_ = true;
      note("rate_unexpected",
           fmt::format("The trace says {:g} samples a second; official runs have {:g}. With "
                       "a wrong rate every window holds the wrong samples.",
                       energy_.rate_hz, k_official_rate_hz));
    }
  }

  Status doubt_samples() {
    JM_TRY_ASSIGN(std::vector<MlperfFinding> impossible, check_samples(source_, channel_, spans_));
    doubtful_ = doubtful_ || !impossible.empty();
    std::ranges::move(impossible, std::back_inserter(result_.findings));
    if (!all_recorded(result_)) doubtful_ = true;
    const auto empty = [](const MlperfWindow& window) {
      return !window.energy_j && window.missing_samples > 0;
    };
    if (std::ranges::any_of(result_.figures.windows, empty)) suspect_ = true;
    JM_TRY_ASSIGN(const std::vector<Anomaly> anomalies, source_.anomalies());
    const auto cut_off = [](const Anomaly& anomaly) {
      return anomaly.kind == AnomalyKind::truncated && anomaly.severity != Severity::info;
    };
    if (std::ranges::any_of(anomalies, cut_off)) suspect_ = true;  // what rules say of a part is no judgement
    if (note_anomalies(anomalies, spans_, result_)) suspect_ = true;
    return {};
  }

  [[nodiscard]] MlperfVerdict verdict() const {
    const auto fails = [](const MlperfRule& rule) { return rule.status == MlperfRuleStatus::fail; };
    if (suspect_) return MlperfVerdict::suspect;
    if (std::ranges::any_of(result_.rules, fails)) return MlperfVerdict::invalid;
    return doubtful_ ? MlperfVerdict::suspect : MlperfVerdict::valid;
  }

  void note(std::string code, std::string message) {
    result_.findings.push_back({std::move(code), std::move(message)});
  }

  SampleSource& source_;
  ChannelId channel_;
  const Channel& energy_;
  RunRecord record_;
  MlperfResult result_;
  std::vector<WindowSpan> spans_;
  bool suspect_ = false;   // the windows may not be the inferences
  bool doubtful_ = false;  // they are, but the figures may be wrong
};

}  // namespace

std::string_view name_of(MlperfRuleStatus status) {
  return name_in(k_statuses, status);
}
std::string_view name_of(MlperfVerdict verdict) {
  return name_in(k_verdicts, verdict);
}
std::string_view name_of(MlperfTool tool) {
  return name_in(k_tools, tool);
}

Result<MlperfResult> evaluate_mlperf(SampleSource& source) {
  JM_TRY_ASSIGN(const ChannelId channel, energy_channel(source.info()));
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, source.metadata());
  JM_TRY_ASSIGN(const std::optional<RunRecord> record, run_record(metadata));
  return Evaluation(source, channel, record.value_or(RunRecord{})).run();
}

}  // namespace joulemark
