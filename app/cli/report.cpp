// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/file_digest.h>
#include <analysis/energy/build_report.h>
#include <analysis/model/units.h>
#include <analysis/model/watched_source.h>
#include <analysis/report/csv.h>
#include <analysis/report/json.h>
#include <analysis/report/text.h>

#include <app/cli/commands.h>
#include <app/cli/markers.h>
#include <app/cli/open_capture.h>
#include <app/cli/output.h>
#include <app/cli/progress_line.h>

#include <fmt/format.h>
#include <version.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <stop_token>

namespace joulemark::cli {
namespace {

struct ReportCommand {
  std::string file;
  std::vector<std::string> events;
  std::vector<std::string> windows;
  MarkerOptions markers;
  std::string useful;
  std::string guard;
  std::string hold;
  std::string per_event;
  std::string json;
};

constexpr TimeNs k_longest_ns = 3'600'000'000'000;

Result<TimeNs> short_time(const std::string& option, const std::string& text) {
  const auto time = parse_time(text);
  if (!time) return fail_at(option, time.error());
  if (*time < 0 || *time > k_longest_ns) {
    return fail(ErrorCode::usage, fmt::format("{}: '{}' is not between 0 s and 1 h", option, text));
  }
  return *time;
}

using Firmware = std::optional<MarkerTable>;

Result<ReportOptions> options_of(const ReportCommand& command, const Firmware& firmware) {
  ReportOptions options;
  options.events = command.events;
  apply_markers(command.markers, firmware, options);
  for (const std::string& text : command.windows) {
    JM_TRY_ASSIGN(NamedWindow window, parse_window(text));
    options.windows.push_back(std::move(window));
  }
  if (!command.useful.empty()) options.useful = command.useful;
  if (!command.guard.empty()) {
    JM_TRY_ASSIGN(options.guard_ns, short_time("--guard", command.guard));
  }
  if (!command.hold.empty()) {
    JM_TRY_ASSIGN(options.hold_ns, short_time("--hold", command.hold));
  }
  return options;
}

// Not one event says anything; or none is known though some were asked for, or the capture's cannot be told.
bool nothing_to_judge(const ReportCommand& command, const Report& report) {
  if (!report.events.empty()) {
    return std::ranges::all_of(report.events, [](const EventReport& event) {
      return event.energy_j.n == 0 && event.charge_c.n == 0;
    });
  }
  const bool asked = !command.events.empty() || !command.windows.empty() || !command.markers.code.empty() ||
                     !command.markers.elf.empty();
  return asked || std::ranges::any_of(report.findings, [](const Finding& finding) {
           return finding.code == "event_withheld" || finding.code == "damaged_capture";
         });
}

// The report and the digest of the same file, side by side.
Result<Analysis> analyse(const ReportCommand& command, const Firmware& firmware, const ReportOptions& options,
                         bool quiet) {
  JM_TRY_ASSIGN(const std::unique_ptr<SampleSource> source, open_capture(command.file));
  if (firmware && command.events.empty()) JM_TRY(check_mode(command.markers, *firmware, *source));
  auto digest = std::async(std::launch::async, sha256_of_capture, command.file, std::stop_token{});
  ProgressLine line(quiet);
  WatchedSource watched(*source, {}, percentage(line, "Measuring"));
  auto analysis = build_report(watched, options);
  auto sha256 = digest.get();
  const bool named = analysis || analysis.error().message.starts_with(command.file + ":");
  if (!analysis)
    return named ? tl::make_unexpected(analysis.error()) : fail_at(command.file, analysis.error());
  if (!sha256) return tl::make_unexpected(sha256.error());
  analysis->report.tool = {"joulemark", JOULEMARK_VERSION};
  analysis->report.capture.file = command.file;
  analysis->report.capture.sha256 = std::move(*sha256);
  return analysis;
}

Result<int> run_report(const ReportCommand& command, bool quiet) {
  JM_TRY_ASSIGN(const Firmware firmware, firmware_markers(command.markers));
  JM_TRY_ASSIGN(const ReportOptions options, options_of(command, firmware));
  JM_TRY(check_outputs(std::array{command.file, command.markers.elf},
                       std::array{command.per_event, command.json}));
  JM_TRY_ASSIGN(const Analysis analysis, analyse(command, firmware, options, quiet));
  const Report& report = analysis.report;
  if (!command.per_event.empty()) JM_TRY(write_output(command.per_event, to_csv(report, analysis.rows)));
  if (!command.json.empty()) JM_TRY(write_output(command.json, to_json(report)));
  if (command.json != "-" && command.per_event != "-") print(to_text(report));
  if (!nothing_to_judge(command, report)) return k_ok;
  talk("joulemark: " + command.file + ": no event whose energy counts was found; see the findings");
  return k_cannot_judge;
}

}  // namespace

void add_report(CLI::App& app, Context& context) {
  auto command = std::make_shared<ReportCommand>();
  CLI::App* report =
      add_command(app, context, "report", "Tell what each event, idle and a useful event cost",
                  "joulemark report kws.jmk --event inference=d0 --useful inference \\\n"
                  "    --json kws.json\n"
                  "  joulemark report kws.jmk --markers code:d0-d3,strobe=d4 --elf firmware.elf");
  report->add_option("FILE", command->file, "Capture file")->required()->type_name("FILE.jmk");
  report
      ->add_option(
          "--event", command->events,
          "NAME=LINE[,active=low][,pair=level|falling|rising|toggle][,skip=N][,repeat=N]; LINE is d0, d1, "
          "... or its name. Without any, what the capture recommends")
      ->take_all()
      ->allow_extra_args(false)
      ->type_name("RULE");
  add_marker_options(*report, command->markers);
  report
      ->add_option("--window", command->windows, "NAME=START..END, a window of time, like burst=1.5s..1.52s")
      ->take_all()
      ->allow_extra_args(false)
      ->type_name("WINDOW");
  report->add_option("--useful", command->useful, "The event that the product exists for")->type_name("NAME");
  report->add_option("--guard", command->guard, "Time around short events that belongs to them, like 1ms")
      ->type_name("TIME");
  report->add_option("--hold", command->hold, "Pulses shorter than this are glitches (default 50us)")
      ->type_name("TIME");
  report->add_option("--per-event", command->per_event, "Write one line per event to this CSV file")
      ->check(file_to_write())
      ->type_name("FILE");
  report->add_option("--json", command->json, "Write the report as JSON; - is stdout, without the text")
      ->check(file_to_write())
      ->type_name("FILE");
  report->callback([command, &context] {
    context.action = [&context, command] { return run_report(*command, context.quiet); };
  });
}

}  // namespace joulemark::cli
