// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/edge_check.h>
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_windows.h>
#include <analysis/model/names.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_official_rate_hz = 1000;  // of every published trace

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

MlperfRule rule(std::string name, double limit, std::optional<double> observed, bool at_least) {
  MlperfRule rule{std::move(name), limit, observed, MlperfRuleStatus::unknown};
  if (!observed) return rule;
  const bool holds = at_least ? *observed >= limit : *observed <= limit;
  rule.status = holds ? MlperfRuleStatus::pass : MlperfRuleStatus::fail;
  return rule;
}

// Lost samples: what the monitor said, or what the windows miss, whichever is more. A trace that shows no
// hole does not prove that nothing was dropped.
std::optional<double> dropped_fraction(const MlperfFigures& figures, const RunRecord& record,
                                       std::span<const WindowSpan> spans) {
  std::int64_t missing = 0;
  std::int64_t expected = 0;
  for (const MlperfWindow& window : figures.windows)
    missing += window.missing_samples;
  for (const WindowSpan& span : spans)
    expected += span.samples.count();
  if (missing <= 0 || expected <= 0) return record.dropped_fraction;
  const double fraction = static_cast<double>(missing) / static_cast<double>(expected);
  return std::max(fraction, record.dropped_fraction.value_or(0));
}

// How much of a window was recorded: its length when no sample of it is missing.
double recorded_s(const WindowSpan& span, const MlperfWindow& window) {
  const auto expected = static_cast<double>(span.samples.count());
  if (expected <= 0) return 0;
  return span.time.seconds() * (expected - static_cast<double>(window.missing_samples)) / expected;
}

std::vector<MlperfRule> judge(const MlperfFigures& figures, const RunRecord& record,
                              std::span<const WindowSpan> spans) {
  std::optional<double> shortest_s;
  for (std::size_t i = 0; i < std::min(spans.size(), figures.windows.size()); ++i) {
    const double length_s = recorded_s(spans[i], figures.windows[i]);
    shortest_s = std::min(shortest_s.value_or(length_s), length_s);
  }
  std::optional<double> inferences;
  if (record.inferences) inferences = static_cast<double>(*record.inferences);
  return {rule("min_windows", 5, static_cast<double>(figures.windows.size()), true),
          rule("min_window_s", 10, shortest_s, true), rule("min_inferences", 10, inferences, true),
          rule("max_dropped_fraction", 0.001, dropped_fraction(figures, record, spans), false)};
}

void note_unrecorded(MlperfResult& result) {
  for (const MlperfWindow& window : result.figures.windows) {
    if (window.missing_samples == 0) continue;
    result.findings.push_back(
        {"window_not_recorded", fmt::format("Window {} lacks {} of its samples: its energy is too low.",
                                            window.index, window.missing_samples)});
  }
}

void note_missing(MlperfResult& result) {
  if (!result.figures.windows.empty() && !result.figures.windows.front().inferences) {
    result.findings.push_back(
        {"inferences_unknown",
         "The number of inferences per window is not known (it is in log.txt), so there is no "
         "energy per inference."});
  }
}

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
  JM_TRY_ASSIGN(std::optional<RunRecord> found, run_record(metadata));
  const RunRecord record = found.value_or(RunRecord{});
  const Channel& energy = source.info().channels[channel.value];
  JM_TRY_ASSIGN(const std::vector<TimeNs> edges_ns, falling_edges(source, energy.start_ns));

  MlperfResult result;
  result.tool = record.tool;
  std::vector<WindowSpan> spans;
  bool suspect = !record.inferences || !record.inferences_agree;
  if (record.tool == MlperfTool::python_runner) {
    spans = trial_spans(energy.rate_hz, edges_ns, record.trials);
  } else {
    EdgeCheck check = check_edges(edges_ns, record.marks);
    JM_TRY_ASSIGN(spans, spans_of(energy.rate_hz, edges_ns, check.official));
    suspect = suspect || check.suspect;
    result.findings = std::move(check.findings);
    result.log_fit = check.log_fit;
    if (!check.repaired.empty()) {
      JM_TRY_ASSIGN(const auto repaired, spans_of(energy.rate_hz, edges_ns, check.repaired));
      JM_TRY_ASSIGN(result.repaired, figures_of(source, channel, repaired, record.inferences));
    }
  }
  JM_TRY_ASSIGN(result.figures, figures_of(source, channel, spans, record.inferences));
  result.rules = judge(result.figures, record, spans);
  note_missing(result);
  if (!record.inferences_agree) {
    result.findings.push_back(
        {"inferences_disagree", "The run names different numbers of inferences; the first one is used."});
  }
  if (energy.rate_hz != k_official_rate_hz) {
    suspect = true;
    result.findings.push_back(
        {"rate_unexpected",
         fmt::format("The trace says {:g} samples a second; official runs have {:g}. With a wrong "
                     "rate every window holds the wrong samples.",
                     energy.rate_hz, k_official_rate_hz)});
  }
  note_unrecorded(result);
  const bool broken = std::ranges::any_of(
      result.rules, [](const MlperfRule& r) { return r.status == MlperfRuleStatus::fail; });
  result.verdict = suspect ? MlperfVerdict::suspect : broken ? MlperfVerdict::invalid : MlperfVerdict::valid;
  return result;
}

}  // namespace joulemark
