// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/edge_check.h>
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_rules.h>
#include <analysis/benchmark/mlperf_windows.h>
#include <analysis/benchmark/sample_check.h>
#include <analysis/benchmark/trace_length.h>
#include <analysis/model/names.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_official_rate_hz = 1000;  // of every published trace

// The first sample comes 2 to 56 ms after the log's "trace on" in sixteen published runs.
constexpr double k_earliest_start_s = -0.1;
constexpr double k_latest_start_s = 0.2;

constexpr double k_most_spread = 0.01;      // of the windows' lengths around their median; published: 0.0011
constexpr double k_least_for_spread_s = 1;  // shorter ones are mostly overhead

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
      note_extra_edges(edges_ns);
    } else {
      JM_TRY(pair_edges(edges_ns));
    }
    JM_TRY_ASSIGN(result_.figures, figures_of(source_, channel_, spans_, record_.inferences));
    result_.rules = judge_rules(result_.figures, record_, spans_);
    doubt_facts();
    JM_TRY(doubt_length());
    doubt_start();
    doubt_windows();
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

  // The handshake adds an edge to the first trial; elsewhere one more moves the window's start.
  void note_extra_edges(std::span<const TimeNs> edges_ns) {
    for (std::size_t t = 0; t < record_.trials.size(); ++t) {
      const std::size_t most = t == 0 ? 3 : 2;
      const std::size_t count = edges_in(record_.trials[t], edges_ns);
      if (count <= most) continue;
      suspect_ = true;
      note("edge_extra",
           fmt::format("Trial {} has {} edges, {} at most belong there: the last two may not be "
                       "the window.",
                       t, count, most));
    }
  }

  [[nodiscard]] std::size_t edges_in(const Trial& trial, std::span<const TimeNs> edges_ns) const {
    return static_cast<std::size_t>(std::ranges::count_if(edges_ns, [&](TimeNs edge_ns) {
      const std::int64_t index = std::llround(to_seconds(edge_ns) * energy_.rate_hz);
      return index >= trial.first_index && index <= trial.first_index + trial.samples;
    }));
  }

  void note_missing_trials() {
    if (spans_.size() == record_.trials.size()) return;
    suspect_ = true;
    note("trial_without_window", fmt::format("{} of {} trials have fewer than the two edges of a window.",
                                             record_.trials.size() - spans_.size(), record_.trials.size()));
  }

  Status doubt_length() {
    if (record_.tool == MlperfTool::energyrunner && !record_.marks.empty() && !record_.traced_s) {
      doubtful_ = true;
      note("trace_length_unknown",
           "The log does not say when the trace was switched on and off, so lost samples cannot be told.");
    }
    JM_TRY_ASSIGN(const Extent extent, source_.extent(channel_));
    const double held_s = static_cast<double>(extent.indices.end) / energy_.rate_hz;
    const auto trouble = trouble_with_length(record_, held_s, source_.info().instrument.model);
    if (!trouble) return {};
    doubtful_ = true;
    note(held_s < *record_.traced_s ? "trace_too_short" : "trace_too_long", *trouble);
    return {};
  }

  // Edges or samples moved against each other as a whole fit the log as well as before, but elsewhere.
  void doubt_start() {
    if (!record_.began_s || !result_.log_fit) return;
    const double start_s = result_.log_fit->offset_s - *record_.began_s;
    if (start_s >= k_earliest_start_s && start_s <= k_latest_start_s) return;
    doubtful_ = true;
    note("edges_shifted",
         fmt::format(
             "By its edges the trace began {:.3f} s after the log switched it on, where real ones begin "
             "within {:g} s: edges and samples do not belong together.",
             start_s, k_latest_start_s));
  }

  // The same number of inferences takes the same time.
  void doubt_windows() {
    std::vector<double> lengths_s;
    for (const WindowSpan& span : spans_)
      lengths_s.push_back(span.time.seconds());
    if (lengths_s.empty()) return;
    const auto middle = lengths_s.begin() + static_cast<std::ptrdiff_t>(lengths_s.size() / 2);
    std::nth_element(lengths_s.begin(), middle, lengths_s.end());
    const double median_s = *middle;
    for (const WindowSpan& span : spans_) {
      if (median_s < k_least_for_spread_s) return;
      if (std::abs(span.time.seconds() - median_s) <= k_most_spread * median_s) continue;
      doubtful_ = true;
      note("window_length", fmt::format("Window {} lasts {:.3f} s where the median is {:.3f} s, at the same "
                                        "number of inferences.",
                                        span.index, span.time.seconds(), median_s));
    }
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
