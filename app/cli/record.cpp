// SPDX-License-Identifier: Apache-2.0
// joulemark record: one instrument into one capture file.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/output_file.h>
#include <analysis/model/kept_file.h>
#include <analysis/model/lost_samples.h>
#include <analysis/model/rail.h>
#include <analysis/model/units.h>
#include <analysis/timing/marker_code.h>

#include <app/cli/commands.h>
#include <app/cli/markers.h>
#include <app/cli/option_table.h>
#include <app/cli/output.h>
#include <app/cli/progress_line.h>
#include <app/cli/stop_on_signal.h>
#include <app/recording/instruments.h>
#include <app/recording/recorder.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

namespace joulemark::cli {
namespace {

struct RecordArguments {
  std::string uri;
  std::string file;
  std::string duration;
  std::int64_t events = 0;
  bool until_signal = false;
  std::vector<std::string> options;
  MarkerOptions markers;
  std::string vout;
  bool vout_off_at_end = false;
  bool vout_restore = false;
  bool keep_raw = false;
  bool strict = false;
  bool overwrite = false;
};

Result<RecordingLimits> limits_from(const RecordArguments& arguments) {
  RecordingLimits limits;
  limits.keep_raw = arguments.keep_raw;
  if (arguments.events > 0) limits.events = arguments.events;
  if (arguments.duration.empty()) return limits;
  const auto duration_ns = parse_time(arguments.duration);
  if (!duration_ns) return fail_at("--duration", duration_ns.error());
  if (*duration_ns <= 0) return fail(ErrorCode::usage, "--duration must be more than 0 s");
  limits.duration_s = to_seconds(*duration_ns);
  return limits;
}

CLI::Validator positive_count() {
  const auto check = [](const std::string& text) {
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error == std::errc::result_out_of_range && rest == end && text.front() != '-')
      return fmt::format("'{}' is more events than can be counted", text);
    const bool good = error == std::errc() && rest == end && count > 0;
    return good ? std::string() : "'" + text + "' is not a number of events, 1 or more";
  };
  return {check, "", "count"};
}

// Before an instrument is opened; the writer looks again.
Status refuse_existing(const RecordArguments& arguments) {
  JM_TRY(capture::output_file(arguments.file, arguments.overwrite));
  return {};
}

// A simulation or a file can wait for the disk; what is measured cannot.
CaptureOptions file_options(const RecordArguments& arguments, const Instrument& instrument) {
  CaptureOptions options;
  options.path = arguments.file;
  options.mode = CaptureMode::live;
  options.overflow = instrument.can_wait() ? Overflow::block : Overflow::drop;
  options.overwrite = arguments.overwrite;
  return options;
}

std::string ampere_text(const std::optional<double>& current_a) {
  return current_a ? format_si(*current_a, "A") : "unknown";
}

std::string label_of(const Line& line) {
  return line.name.empty() ? fmt::format("d{}", line.id.value) : line.name;
}

std::string progress_text(const LiveSummary& summary, std::int64_t dropped) {
  std::string text = fmt::format("{:.1f} s  {}  lost {} ", summary.duration_s(),
                                 ampere_text(summary.mean_current_a()), summary.lost_samples() + dropped);
  for (const PulseCounter::Count& count : summary.pulses().counts())
    text += fmt::format(" {} {}", label_of(count.line), count.pulses);
  return text;
}

// What the closed file holds, in its own words: the writer may have had to leave something out.
struct Stored {
  Extent extent;
  double rate_hz = 0;
  EndReason end_reason = EndReason::failed;
  std::int64_t lost_samples = 0;
  std::optional<double> mean_current_a;
  PulseCounter pulses;
  std::optional<MarkerCode> code;
  bool data_lost = false;
};

Result<Stored> look_into(const std::string& file) {
  JM_TRY_ASSIGN(const auto reader, CaptureReader::open(file));
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(reader->info()));
  Stored stored;
  stored.end_reason = reader->end_reason();
  stored.rate_hz = reader->info().channels[primary.value].rate_hz;
  JM_TRY_ASSIGN(stored.extent, reader->extent(primary));
  const std::array windows{stored.extent.time};
  const auto current = reader->integrals(k_current, windows, Boundary::whole_samples);
  if (current && current->front().samples > 0) stored.mean_current_a = current->front().mean();
  stored.pulses = PulseCounter(reader->info().lines);
  JM_TRY(reader->edges(k_all_time, [&](std::span<const Edge> edges) -> Status {
    for (const Edge& edge : edges)
      stored.pulses.add(edge);
    return {};
  }));
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, reader->metadata());
  JM_TRY_ASSIGN(stored.code, recommended_code(metadata, reader->info().lines));
  JM_TRY_ASSIGN(const std::vector<Anomaly> anomalies, reader->anomalies());
  stored.lost_samples = lost_samples(stored.extent, anomalies, primary);
  stored.data_lost =
      stored.lost_samples > 0 || std::ranges::count(anomalies, Severity::data_loss, &Anomaly::severity) > 0;
  return stored;
}

// A bit of a code, or its strobe: its pulses are no events.
bool shows_codes(const Stored& stored, LineId line) {
  return stored.code && (std::ranges::count(stored.code->lines, line) > 0 || stored.code->strobe == line);
}

std::string summary_text(const std::string& file, const Stored& stored) {
  std::string text = fmt::format("File      {}\n", file);
  text += fmt::format("Duration  {:.9g} s ({})\n", stored.extent.time.seconds(), name_of(stored.end_reason));
  text += fmt::format("Samples   {}", stored.extent.samples);
  if (stored.rate_hz > 0) text += fmt::format(" at {}", format_si(stored.rate_hz, "Hz"));
  text +=
      fmt::format("\nLost      {}\nMean      {}\n", stored.lost_samples, ampere_text(stored.mean_current_a));
  if (stored.code) text += fmt::format("Markers   {}\n", format_marker_code(*stored.code));
  for (const auto& [line, pulses, high] : stored.pulses.counts()) {
    if (shows_codes(stored, line.id)) continue;
    const std::string name = line.name.empty() ? "" : line.name + " ";
    text += fmt::format("Events    {} {}(d{})\n", pulses, name, line.id.value);
  }
  return text;
}

std::string log_note(const std::string& file) {
  return fmt::format(
      "{0}: everything is recorded, but another program is reading it, so {0}-wal stays beside it: keep the "
      "two "
      "together until that has ended; whoever reads the file last or next folds it in",
      file);
}

Result<int> finish(const RecordArguments& arguments, const RecordingOutcome& outcome) {
  const auto stored = look_into(arguments.file);
  if (stored) print(summary_text(arguments.file, *stored));
  if (outcome.error) return tl::make_unexpected(*outcome.error);
  if (!stored) return tl::make_unexpected(stored.error());
  if (!arguments.strict || !stored->data_lost) return k_ok;
  return fail(ErrorCode::inadequate, fmt::format("{}: data was lost (--strict)", arguments.file));
}

// The flags for the output are options of the instrument; what makes no sense it refuses.
std::vector<std::string> instrument_options(const RecordArguments& arguments) {
  std::vector<std::string> options = arguments.options;
  if (!arguments.vout.empty()) options.push_back("vout=" + arguments.vout);
  if (arguments.vout_off_at_end) options.emplace_back("vout_at_end=off");
  if (arguments.vout_restore) options.emplace_back("vout_at_end=restore");
  return options;
}

// The file that a simulated instrument writes beside the capture.
Status check_truth(const RecordArguments& arguments) {
  for (const std::string& option : arguments.options) {
    if (!option.starts_with("truth=")) continue;
    const std::string truth = option.substr(option.find('=') + 1);
    JM_TRY(check_outputs({}, std::array{arguments.file, truth}));
    JM_TRY(check_beside(arguments.file, truth));
    JM_TRY(keep_existing("--option truth", truth, arguments.overwrite));
  }
  return {};
}

std::string scheme_of(const std::string& uri) {
  const auto parsed = InstrumentUri::parse(uri);
  return parsed ? parsed->scheme : "";
}

// What would give the instrument a line to count on.
std::string line_advice(const InstrumentFamily& family) {
  constexpr std::array<std::string_view, 3> k_options{"lines", "markers", "marker"};
  for (const OptionSpec& option : family.options) {
    if (std::ranges::find(k_options, option.name) == k_options.end()) continue;
    return fmt::format("watch one by --option {}=... ({}), or give --duration", option.name, option.help);
  }
  return "give --duration";
}

Status check_countable(const RecordingLimits& limits, const CaptureInfo& info,
                       const InstrumentFamily* family) {
  if (!limits.events || !info.lines.empty()) return {};
  return fail(ErrorCode::usage,
              fmt::format("--events counts pulses on a line, and {} has none: {}", info.instrument.uri,
                          family != nullptr ? line_advice(*family) : "give --duration"));
}

Result<int> run_record(const RecordArguments& arguments, bool quiet) {
  JM_TRY_ASSIGN(RecordingLimits limits, limits_from(arguments));
  JM_TRY(refuse_existing(arguments));
  JM_TRY(check_truth(arguments));
  JM_TRY(check_outputs(std::array{arguments.markers.elf}, std::array{arguments.file}));
  JM_TRY_ASSIGN(const auto firmware, firmware_markers(arguments.markers));
  StopOnSignal stop(StopOnSignal::Heed::later);
  const InstrumentRegistry registry = make_registry();
  auto opened = registry.open(arguments.uri, instrument_options(arguments), stop.token());
  if (!opened && stop.token().stop_requested()) StopOnSignal::end_as_asked();
  JM_TRY_ASSIGN(const auto instrument, std::move(opened));
  stop.heed();
  JM_TRY_ASSIGN(limits.metadata, marker_metadata(arguments.markers, firmware, instrument->info().lines));
  JM_TRY(check_countable(limits, instrument->info(), registry.find(scheme_of(arguments.uri))));
  instrument->on_news([quiet](const std::string& sentence) {
    if (!quiet) talk(sentence);
  });
  CaptureWriter file(file_options(arguments, *instrument));
  auto line = std::make_optional<ProgressLine>(quiet);
  JM_TRY_ASSIGN(const RecordingOutcome outcome,
                record(*instrument, file, limits, stop.token(), [&](const LiveSummary& summary) {
                  if (!line->due()) return;
                  line->show(progress_text(summary, file.dropped_samples(summary.primary())));
                }));
  line.reset();
  if (file.left_log() && !quiet) talk(log_note(arguments.file));
  return finish(arguments, outcome);
}

std::string instrument_tables() {
  std::string text;
  const InstrumentRegistry registry = make_registry();
  for (const InstrumentFamily& family : registry.families()) {
    text += fmt::format("\n{} - {}; its options:\n{}", family.example, family.description,
                        option_table(family.options));
  }
  return text;
}

}  // namespace

void add_record(CLI::App& app, Context& context) {
  CLI::App* command = add_command(app, context, "record", "Record an instrument into a capture file",
                                  "joulemark record sim:kws -o kws.jmk --duration 10s --option rate=1MHz\n"
                                  "  joulemark record probe:/dev/ttyUSB0 -o kws.jmk --option lines=d0-d4 \\\n"
                                  "    --elf firmware.elf\n" +
                                      instrument_tables());
  const auto arguments = std::make_shared<RecordArguments>();
  command->add_option("uri", arguments->uri, "The instrument, as scheme:place")->required()->type_name("URI");
  command->add_option("-o,--output", arguments->file, "The capture file to make")
      ->required()
      ->check(file_to_write())
      ->type_name("FILE.jmk");
  auto* duration =
      command->add_option("--duration", arguments->duration, "Stop after this time, like 10s or 5min")
          ->check(not_empty())
          ->type_name("TIME");
  auto* events = command->add_option("--events", arguments->events, "Stop after this many events")
                     ->check(positive_count())
                     ->type_name("N");
  command->add_flag("--until-signal", arguments->until_signal, "Go on until Ctrl-C or SIGTERM (the default)")
      ->excludes(duration)
      ->excludes(events);
  command->add_option("--option", arguments->options, "An option of the instrument; may be repeated")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  add_marker_options(*command, arguments->markers);
  auto* vout = command
                   ->add_option("--vout", arguments->vout,
                                "Set the instrument's output; without it the output is never touched")
                   ->type_name("VOLTS");
  auto* off =
      command->add_flag("--vout-off-at-end", arguments->vout_off_at_end, "Switch the output off at the end")
          ->needs(vout);
  command->add_flag("--vout-restore", arguments->vout_restore, "Put back the voltage that was set before")
      ->needs(vout)
      ->excludes(off);
  command->add_flag("--keep-raw", arguments->keep_raw, "Keep the instrument's own bytes too");
  command->add_flag("--strict", arguments->strict, "Exit with 6 when samples were lost");
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file if it exists");
  command->callback([&context, arguments] {
    context.action = [&context, arguments] { return run_record(*arguments, context.quiet); };
  });
}

}  // namespace joulemark::cli
