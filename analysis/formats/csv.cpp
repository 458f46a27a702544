// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv.h>
#include <analysis/formats/csv_edges.h>
#include <analysis/formats/csv_lines.h>
#include <analysis/formats/csv_provenance.h>
#include <analysis/formats/csv_samples.h>
#include <analysis/formats/csv_voltage.h>
#include <analysis/formats/input_file.h>
#include <analysis/formats/sample_feed.h>
#include <analysis/model/units.h>
#include <analysis/model/with_count.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>

namespace joulemark {
namespace {

Result<CaptureInfo> describe(const CsvPlan& plan, const CsvTiming& timing, const CsvEdgesFile* edges) {
  CaptureInfo info;
  info.instrument.uri = "import:csv";
  for (const CsvValueColumn& value : plan.values) {
    Channel channel;
    channel.name = fmt::format("csv.{}", name_of(value.quantity));
    channel.quantity = value.quantity;
    channel.rate_hz = timing.rate_hz;
    channel.timed = !timing.uniform;
    channel.scale = value.scale;
    channel.aperture_s = plan.aperture_s;
    channel.stamp_position = plan.stamp;
    info.channels.push_back(channel);
    if (value.quantity == Quantity::voltage) info.supply.basis = VoltageBasis::measured;
  }
  if (plan.voltage_v) info.supply = {plan.voltage_v, VoltageBasis::assumed};
  for (const CsvLineColumn& line : plan.lines) {
    for (std::uint32_t i = 0; i < line.lines; ++i)
      info.lines.push_back({LineId{line.line.value + i}, line.name});
  }
  if (edges == nullptr) return info;
  for (const std::uint32_t line : edges->lines()) {
    if (std::ranges::find(info.lines, LineId{line}, &Line::id) != info.lines.end()) {
      return fail(
          ErrorCode::usage,
          fmt::format("line d{} is in the sample columns and in the edges file; choose the columns with "
                      "--option lines=...",
                      line));
    }
    info.lines.push_back({LineId{line}, ""});
  }
  return info;
}

// Second pass: everything of the sample file to the sink.
class CsvSender {
 public:
  CsvSender(CsvSampleRows rows, const CsvPlan& plan, const CsvTiming& timing, SampleSink& sink)
      : rows_(std::move(rows)), plan_(plan), timing_(timing), sink_(sink) {
    for (std::uint32_t i = 0; i < plan.values.size(); ++i) {
      blocks_.emplace_back(sink, ChannelId{i});
      invalid_.emplace_back(AnomalyKind::invalid_value, Severity::data_loss, ChannelId{i});
    }
    for (const CsvLineColumn& line : plan.lines) {
      for (std::uint32_t i = 0; i < line.lines; ++i)
        lines_.emplace_back(LineId{line.line.value + i});
    }
    if (plan.values.size() == 2) voltage_holes_.emplace(ChannelId{1});
    if (timing.rate_hz > 0) interval_ns_ = from_seconds(std::min(1 / timing.rate_hz, 9e9));
  }

  Status send() {
    for (;;) {
      JM_TRY_ASSIGN(const bool more, rows_.next());
      if (!more) break;
      JM_TRY(place());
      JM_TRY(send_values());
      JM_TRY(send_levels());
    }
    for (SampleFeed& block : blocks_)
      JM_TRY(block.flush());
    return report();
  }

 private:
  // Whether the rows' own times say where they belong.
  [[nodiscard]] bool by_stamp() const { return plan_.time && !timing_.rounded; }

  // The row's index and time; a jump of a uniform index is a gap.
  Status place() {
    const std::int64_t before = index_;
    const TimeNs before_ns = time_ns_;
    if (timing_.uniform) {
      index_ = by_stamp() ? timing_.index_of(rows_.since_first_ns()) : rows_.slot();
    } else {
      index_ += 1 + lost_before();
    }
    time_ns_ = by_stamp() ? rows_.since_first_ns()
                          : from_seconds(std::min(static_cast<double>(index_) / timing_.rate_hz, 9e9));
    if (index_ <= before + 1) return {};
    constexpr int k_told_singly = 1000;
    const std::int64_t lost = index_ - before - 1;
    const TimeNs begin_ns = timing_.uniform ? time_ns_ - lost * interval_ns_ : before_ns + interval_ns_;
    if (++gaps_ > k_told_singly) {
      more_gaps_.add(
          time_ns_, before + 1, [&] { return rows_.rows().place(); }, lost);
      return {};
    }
    return sink_.accept(Anomaly{AnomalyKind::gap, Severity::data_loss, std::nullopt,
                                TimeRange{std::min(begin_ns, time_ns_), time_ns_}, before + 1, lost,
                                gap_text(lost, before_ns)});
  }

  // Uneven times: what a hole in the times, or a row without a usable one, leaves out.
  std::int64_t lost_before() {
    if (rows_.row() == 0) return 0;
    const std::int64_t unusable = rows_.without_time() - unusable_;
    unusable_ = rows_.without_time();
    return std::max(unusable, timing_.lost_in(rows_.since_first_ns() - time_ns_));
  }

  [[nodiscard]] std::string gap_text(std::int64_t lost, TimeNs before_ns) const {
    const std::string place = rows_.rows().place();
    if (timing_.uniform) {
      const double step_ns = rows_.resolution_ns();
      const bool coarse = by_stamp() && lost == 1 && step_ns >= 0.99 * static_cast<double>(interval_ns_);
      return fmt::format("{}: {} missing before this row{}", place, format_count(lost, "sample"),
                         coarse ? ", or its time is rounded up: the times have steps of " +
                                      format_si(step_ns / k_ns_per_s, "s", 3)
                                : "");
    }
    return fmt::format("{}: nothing was recorded for {} before this row (rows are typically {} apart)", place,
                       format_si(to_seconds(time_ns_ - before_ns), "s", 4),
                       format_si(1 / timing_.rate_hz, "s", 4));
  }

  Status send_values() {
    std::array<bool, 2> there{};
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const std::optional<float> value = rows_.value(plan_.values[i]);
      there[std::min<std::size_t>(i, 1)] = value.has_value();
      if (!value) {
        invalid_[i].add(time_ns_, index_, [&] { return rows_.rows().place(); });
      } else if (timing_.uniform) {
        JM_TRY(blocks_[i].add(index_, *value));
      } else {
        JM_TRY(blocks_[i].add(index_, *value, time_ns_));
      }
    }
    if (voltage_holes_ && there[0]) voltage_holes_->take(there[1], time_ns_, index_, rows_.rows());
    return {};
  }

  Status send_levels() {
    std::size_t next = 0;
    for (const CsvLineColumn& column : plan_.lines) {
      const std::string_view text = rows_.rows().malformed() ? "" : rows_.rows().field(column.column);
      const bool one_each = column.lines > 1 && text.size() == column.lines;
      // A spreadsheet drops zeros in front: then nobody knows which character is which line.
      const std::string odd = column.lines > 1 && !text.empty() && !one_each
                                  ? fmt::format("{} for {} lines", text, column.lines)
                                  : "";
      for (std::uint32_t i = 0; i < column.lines; ++i) {
        const std::string_view level = one_each ? text.substr(i, 1) : odd.empty() ? text : odd;
        JM_TRY(lines_[next++].take(by_threshold(level), time_ns_, interval_ns_, sink_));
      }
    }
    return {};
  }

  [[nodiscard]] std::string_view by_threshold(std::string_view level) const {
    if (!plan_.threshold) return level;
    const auto number = csv_number(level, plan_.numbers);
    if (!number || std::isnan(*number)) return level;
    return *number >= *plan_.threshold ? "1" : "0";
  }

  Status report() {
    for (AnomalyTally& invalid : invalid_)
      JM_TRY(
          invalid.report(sink_,
                         "[value that is missing or not a number was|values that are missing or not numbers "
                         "were] left out"));
    if (voltage_holes_) JM_TRY(voltage_holes_->report(sink_));
    for (CsvLineTracker& line : lines_)
      JM_TRY(line.finish(rows_.rows().place(), sink_));
    if (timing_.rounded) JM_TRY(tell_rounding(*timing_.rounded));
    JM_TRY(more_gaps_.report(sink_, "[sample is|samples are] missing in further gaps"));
    return rows_.report(sink_);
  }

  Status tell_rounding(const CsvRounding& rounded) {
    const AnomalyKind kind = rounded.repeats > 0 ? AnomalyKind::duplicate_time : AnomalyKind::clock_jump;
    const std::string repeats =
        rounded.repeats > 0
            ? with_count(": {} [row has|rows have] the time of the row before", rounded.repeats)
            : "";
    return sink_.accept(Anomaly{
        kind, Severity::doubtful, std::nullopt, TimeRange{0, time_ns_}, 0, rounded.rows,
        fmt::format("the times are rounded to steps of {}{}. All {} rows are taken as evenly spaced at "
                    "{:.6g} Hz, which the times tell within {:.2g} %; a row missing in between would not "
                    "show. --option rate=... states the rate",
                    format_si(rounded.step_ns / k_ns_per_s, "s", 3), repeats, rounded.rows, timing_.rate_hz,
                    std::max(0.001, 100 * rounded.rate_rel))});
  }

  CsvSampleRows rows_;
  const CsvPlan& plan_;
  const CsvTiming& timing_;
  SampleSink& sink_;
  std::vector<SampleFeed> blocks_;
  std::vector<AnomalyTally> invalid_;
  std::vector<CsvLineTracker> lines_;
  std::optional<VoltageHoles> voltage_holes_;
  AnomalyTally more_gaps_{AnomalyKind::gap, Severity::data_loss};
  std::int64_t index_ = -1;
  std::int64_t unusable_ = 0;
  TimeNs time_ns_ = 0;
  TimeNs interval_ns_ = 0;
  int gaps_ = 0;
};

Status send_metadata(const CsvStreams& streams, const std::vector<MetadataItem>& provenance,
                     SampleSink& sink) {
  JM_TRY(sink.accept(MetadataItem{"source.format", "csv"}));
  JM_TRY(sink.accept(MetadataItem{"source.path", streams.samples_name}));
  if (streams.edges != nullptr) JM_TRY(sink.accept(MetadataItem{"source.edges_path", streams.edges_name}));
  for (const MetadataItem& item : provenance)
    JM_TRY(sink.accept(item));
  return {};
}

// From the first row to the end of the last one, on the file's clock.
TimeRange time_of(const CsvSurvey& survey) {
  const TimeNs interval_ns =
      survey.timing.rate_hz > 0 ? from_seconds(std::min(1 / survey.timing.rate_hz, 1e6)) : 0;
  TimeRange samples{survey.first_ns, survey.first_ns};
  if (__builtin_add_overflow(survey.first_ns, survey.length_ns + interval_ns, &samples.end_ns)) {
    samples.end_ns = std::numeric_limits<TimeNs>::max();
  }
  return samples;
}

}  // namespace

const std::vector<OptionSpec>& csv_options() {
  return csv_option_specs();
}

bool matches_csv(const std::filesystem::path& path) {
  const auto extension = path.extension();
  return extension == ".csv" || extension == ".CSV" || extension == ".tsv" || extension == ".txt";
}

Status import_csv(const CsvStreams& streams, const OptionValues& options, SampleSink& sink) {
  JM_TRY_ASSIGN(const std::int64_t skip_lines, lines_to_skip(options));
  JM_TRY_ASSIGN(const CsvLayout layout, read_csv_layout(*streams.samples, streams.samples_name, skip_lines));
  auto plan = plan_csv(layout, options);
  if (!plan) return fail_at(streams.samples_name, plan.error());
  JM_TRY_ASSIGN(const CsvSurvey survey, survey_csv(*streams.samples, streams.samples_name, layout, *plan));
  const TimeRange samples = time_of(survey);
  std::optional<CsvEdgesFile> edges;
  if (streams.edges != nullptr) {
    edges.emplace(*streams.edges, streams.edges_name);
    JM_TRY(edges->survey());
  }
  JM_TRY_ASSIGN(const CaptureInfo info, describe(*plan, survey.timing, edges ? &*edges : nullptr));
  if (edges) JM_TRY(edges->check_overlap(samples));
  JM_TRY(sink.begin(info));
  const auto send = [&]() -> Status {
    const Repeats repeats = survey.timing.rounded ? Repeats::kept : Repeats::left_out;
    CsvSampleRows rows(*streams.samples, streams.samples_name, layout, *plan, repeats);
    JM_TRY(CsvSender(std::move(rows), *plan, survey.timing, sink).send());
    if (edges) JM_TRY(edges->send(samples, sink));
    return send_metadata(streams, csv_provenance(layout, *plan, survey), sink);
  };
  return finish_import(sink, send());
}

Status import_csv_file(ImportPaths paths, const OptionValues& options, SampleSink& sink) {
  if (paths.size() != 1) return fail(ErrorCode::usage, "csv imports one file at a time");
  JM_TRY_ASSIGN(std::ifstream samples, open_input(paths.front()));
  CsvStreams streams;
  streams.samples = &samples;
  streams.samples_name = paths.front().string();
  std::ifstream edges;
  if (const OptionValue* const option = options.find("edges")) {
    JM_TRY_ASSIGN(edges, open_input(option->text));
    streams.edges = &edges;
    streams.edges_name = option->text;
  }
  return import_csv(streams, options, sink);
}

}  // namespace joulemark
