// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/run_record.h>
#include <analysis/formats/energy_feed.h>
#include <analysis/formats/input_file.h>
#include <analysis/formats/mlperf_results.h>
#include <analysis/formats/mlperf_runner.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

namespace joulemark {
namespace {

constexpr std::string_view k_results_file = "results.json";
constexpr ChannelId k_energy_channel{0};
constexpr LineId k_line{0};
constexpr double k_rate_hz = 1000;  // the runner sets it and does not write it down
constexpr TimeNs k_interval_ns = 1'000'000;
constexpr double k_nanojoules = 1e9;  // per joule

struct TrialFacts {
  std::int64_t samples = 0;
  std::int64_t edges = 0;
  std::int64_t last_position = -1;
};

// The runner numbers the edges of a trial, so that a lost one shows; over trials the numbers go on rising.
struct EdgeNumbers {
  std::optional<double> last;  // of this trial
  double highest = -1;         // of the trials before it

  void next_trial() {
    highest = std::max(highest, last.value_or(highest));
    last.reset();
  }

  // Whether the first edge of a trial has a number that an earlier trial has passed.
  [[nodiscard]] bool repeated(double number) const { return !last && number <= highest; }

  // How many are missing before this one; 1 where the numbers run backwards, for then nobody knows.
  std::int64_t lost_before(double number) {
    const double skipped = last ? number - *last - 1 : 0;
    last = number;
    return skipped >= 0 ? static_cast<std::int64_t>(std::min(skipped, 1e12)) : 1;
  }
};

// First pass: is it whole, what is in it.
class Survey : public MlperfResultsVisitor {
 public:
  std::vector<TrialFacts> trials;
  RunRecord record{MlperfTool::python_runner, {}, true, {}, {}, {}, {}, {}};
  std::optional<double> voltage_v;
  bool voltages_agree = true;
  bool edges_lost = false;
  std::int64_t usable_samples = 0;

 private:
  Status on_trial_begin() override {
    if (trials.size() == k_max_run_parts) return broken(fmt::format("more than {} trials", k_max_run_parts));
    trials.emplace_back();
    numbers_.next_trial();
    return {};
  }

  Status on_trial_end() override {
    const TrialFacts& trial = trials.back();
    if (trial.last_position <= trial.samples) return {};
    return broken(fmt::format("trial {}: an edge at sample {}, but there is no more than {}",
                              trials.size() - 1, trial.last_position, format_count(trial.samples, "sample")));
  }

  Status on_sample(std::optional<double> joules) override {
    ++trials.back().samples;
    if (joules) ++usable_samples;
    return {};
  }

  Status on_edge(const std::string& counter, double position) override {
    TrialFacts& trial = trials.back();
    const auto count = parse_number(counter);
    if (!count || !(position >= 0 && position < 1e12) || position != std::floor(position)) {
      return broken(
          fmt::format("trial {}: edge ['{}', {}] makes no sense", trials.size() - 1, counter, position));
    }
    const auto whole = static_cast<std::int64_t>(position);
    if (whole < trial.last_position) {
      return broken(fmt::format("trial {}: edges run backwards at sample {}", trials.size() - 1, whole));
    }
    const bool repeated = numbers_.repeated(*count);
    edges_lost = numbers_.lost_before(*count) > 0 || repeated || edges_lost;
    trial.last_position = whole;
    ++trial.edges;
    return {};
  }

  Status on_iterations(double value) override {
    if (!(value >= 1 && value < 1e15) || value != std::floor(value)) {
      record.inferences_agree = false;  // it counts nothing, so it agrees with nothing
      return {};
    }
    const auto iterations = static_cast<std::int64_t>(value);
    if (!record.inferences) record.inferences = iterations;
    if (record.inferences != iterations) record.inferences_agree = false;
    return {};
  }

  Status on_voltage(double value) override {
    if (!(value > 0 && value < 1e6)) return {};
    if (voltage_v && *voltage_v != value) voltages_agree = false;
    if (!voltage_v) voltage_v = value;
    return {};
  }

  static Status broken(const std::string& what) { return fail(ErrorCode::unreadable, what); }

  EdgeNumbers numbers_;
};

// Second pass: samples and edges to the sink.
class Sender : public MlperfResultsVisitor {
 public:
  Sender(const Channel& channel, std::vector<Trial>& trials, SampleSink& sink)
      : sink_(sink), trials_(trials), samples_(sink, k_energy_channel, channel) {}

  Status finish() { return samples_.finish(); }

 private:
  Status on_trial_begin() override {
    numbers_.next_trial();
    last_edge_ns_.reset();
    if (trials_.empty()) {
      trials_.push_back({0, 0});
      return {};
    }
    const std::int64_t unused = trials_.back().first_index + trials_.back().samples;
    trials_.push_back({unused + 1, 0});
    return sink_.accept(
        Anomaly{AnomalyKind::gap, Severity::info, k_energy_channel,
                TimeRange{unused * k_interval_ns, (unused + 1) * k_interval_ns}, unused, 1,
                fmt::format("a pause of unknown length before trial {}, shown as one sample interval",
                            trials_.size() - 1)});
  }

  Status on_sample(std::optional<double> joules) override {
    Trial& trial = trials_.back();
    const std::int64_t index = trial.first_index + trial.samples++;
    const double nanojoules = joules.value_or(std::numeric_limits<double>::quiet_NaN()) * k_nanojoules;
    return samples_.add(index, nanojoules, [&] {
      return fmt::format("trial {}, sample {}", trials_.size() - 1, trial.samples - 1);
    });
  }

  Status on_edge(const std::string& counter, double position) override {
    const std::int64_t index = trials_.back().first_index + static_cast<std::int64_t>(position);
    const TimeNs time_ns = index * k_interval_ns;
    const double number = parse_number(counter).value_or(0);
    if (numbers_.repeated(number)) JM_TRY(sink_.accept(repeated_trial(number, time_ns)));
    const std::int64_t lost = numbers_.lost_before(number);
    if (lost > 0) JM_TRY(sink_.accept(lost_edges(lost, last_edge_ns_.value_or(time_ns), time_ns)));
    last_edge_ns_ = time_ns;
    return sink_.accept(Edge{time_ns, static_cast<std::uint32_t>(k_interval_ns), k_line, false});
  }

  [[nodiscard]] Anomaly lost_edges(std::int64_t count, TimeNs begin_ns, TimeNs end_ns) const {
    return {
        AnomalyKind::lost_edges,
        Severity::data_loss,
        std::nullopt,
        TimeRange{begin_ns, end_ns},
        0,
        count,
        fmt::format("trial {}: the numbers of the edges jump: {} lost, so the run does not count; repeat it",
                    trials_.size() - 1, format_count(count, "edge"))};
  }

  [[nodiscard]] Anomaly repeated_trial(double number, TimeNs time_ns) const {
    return {AnomalyKind::unsorted,
            Severity::doubtful,
            std::nullopt,
            TimeRange{time_ns, time_ns},
            0,
            1,
            fmt::format("trial {}: its edges begin with number {:g}, which an earlier trial has passed: "
                        "trials are swapped or repeated, so the run does not count",
                        trials_.size() - 1, number)};
  }

  SampleSink& sink_;
  std::vector<Trial>& trials_;
  EnergyFeed samples_;
  EdgeNumbers numbers_;
  std::optional<TimeNs> last_edge_ns_;
};

CaptureInfo describe(const Survey& survey) {
  Channel energy;
  energy.name = "mlperf_runner.energy";
  energy.quantity = Quantity::energy;
  energy.rate_hz = k_rate_hz;
  energy.scale = 1 / k_nanojoules;
  energy.aperture_s = {1 / k_rate_hz, Provenance::specified};
  CaptureInfo info;
  info.instrument.uri = "import:mlperf_runner";
  if (survey.voltage_v && survey.voltages_agree) info.supply = {survey.voltage_v, VoltageBasis::assumed};
  info.channels = {energy};
  info.lines = {{k_line, ""}};
  return info;
}

// Edges beyond a window's two are possible before the first trial's window only, for a rule in the grammar of
// --event to fit; otherwise there is none.
std::optional<std::string> event_rule(const Survey& survey) {
  if (survey.edges_lost) return std::nullopt;
  const auto pair_only = [](const TrialFacts& trial) { return trial.edges == 2; };
  if (survey.trials.front().edges < 2) return std::nullopt;
  if (!std::all_of(survey.trials.begin() + 1, survey.trials.end(), pair_only)) return std::nullopt;
  std::string rule = fmt::format("d0,pair=falling,skip={}", survey.trials.front().edges - 2);
  if (survey.record.inferences) rule += fmt::format(",repeat={}", *survey.record.inferences);
  return rule;
}

Status send(std::istream& results, const std::string& name, Survey& survey, const std::string& trouble,
            const Channel& channel, SampleSink& sink) {
  Sender sender(channel, survey.record.trials, sink);
  Status parsed = visit_json(results, name, sender);
  JM_TRY(sender.outcome());
  if (!parsed && trouble.empty()) return parsed;
  JM_TRY(sender.finish());
  if (!trouble.empty()) {
    JM_TRY(sink.accept(Anomaly{AnomalyKind::truncated, Severity::data_loss, std::nullopt, TimeRange{}, 0, 1,
                               trouble + "; what follows is missing"}));
  }
  if (const auto rule = event_rule(survey)) {
    const std::string key = survey.record.inferences ? "event.inference" : "event.window";
    JM_TRY(sink.accept(MetadataItem{key, *rule}));
  } else {
    JM_TRY(sink.accept(MetadataItem{"withheld.inference",
                                    "A trial has too few or too many edges, or some of them are lost."}));
  }
  JM_TRY(sink.accept(MetadataItem{"source.format", "mlperf_runner"}));
  JM_TRY(sink.accept(MetadataItem{"source.path", name}));
  return sink.accept(to_metadata(survey.record));
}

}  // namespace

Status import_mlperf_runner(std::istream& results, const std::string& name, SampleSink& sink) {
  Survey survey;
  Status parsed = visit_json(results, name, survey);
  if (!survey.outcome()) return fail_at(name, survey.outcome().error());
  if (!parsed && (survey.usable_samples == 0 || parsed.error().code != ErrorCode::unreadable)) return parsed;
  if (survey.usable_samples == 0) {
    return fail(ErrorCode::unreadable, name + ": there are no power samples; was it an energy run?");
  }
  const CaptureInfo info = describe(survey);
  JM_TRY(sink.begin(info));
  const std::string trouble = parsed ? "" : parsed.error().message;
  return finish_import(sink, send(results, name, survey, trouble, info.channels.front(), sink));
}

bool matches_mlperf_runner(const std::filesystem::path& path) {
  std::error_code ignored;
  return path.filename() == k_results_file || std::filesystem::exists(path / k_results_file, ignored);
}

Status import_mlperf_runner_results(ImportPaths paths, const OptionValues&, SampleSink& sink) {
  if (paths.size() != 1) return fail(ErrorCode::usage, "mlperf_runner imports one results.json at a time");
  std::filesystem::path file = paths.front();
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) file /= k_results_file;
  JM_TRY_ASSIGN(std::ifstream stream, open_input(file));
  return import_mlperf_runner(stream, file.string(), sink);
}

}  // namespace joulemark
