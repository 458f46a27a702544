// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/build_report.h>
#include <analysis/energy/event_energy.h>
#include <analysis/energy/findings.h>
#include <analysis/energy/idle.h>
#include <analysis/energy/measure.h>
#include <analysis/energy/quality.h>
#include <analysis/energy/signs.h>
#include <analysis/energy/useful.h>
#include <analysis/timing/saved_windows.h>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace joulemark {
namespace {

Result<std::optional<CodedMarkers>> coded_for(const SampleSource& source,
                                              const std::vector<MetadataItem>& metadata,
                                              const ReportOptions& options) {
  const auto& lines = source.info().lines;
  std::optional<MarkerCode> code;
  if (!options.complete && !options.markers && options.events.empty()) {
    JM_TRY_ASSIGN(code, recommended_code(metadata, lines));
  }
  const auto& text = options.markers ? options.markers : options.usual_markers;
  if (!code && text) {
    JM_TRY_ASSIGN(code, parse_marker_code(*text, lines));
  }
  if (!code) return std::nullopt;
  CodedMarkers coded{std::move(*code), options.names};
  if (!options.complete && coded.names.empty()) {
    JM_TRY_ASSIGN(coded.names, recommended_names(metadata));
  }
  return coded;
}

Result<std::vector<EventRule>> rules_for(const SampleSource& source,
                                         const std::vector<MetadataItem>& metadata,
                                         const ReportOptions& options,
                                         const std::optional<CodedMarkers>& coded) {
  const auto& lines = source.info().lines;
  std::vector<EventRule> rules;
  if (!options.complete && options.events.empty()) {
    JM_TRY_ASSIGN(rules, recommended_rules(metadata, lines));
    std::erase_if(rules, [&](const EventRule& rule) {
      return coded && stands_behind(rule, coded->code, coded->names);
    });
    return rules;
  }
  for (const std::string& text : options.events) {
    JM_TRY_ASSIGN(EventRule rule, parse_event_rule(text, lines));
    rules.push_back(std::move(rule));
  }
  return rules;
}

// A rule or a code goes before a window that was once saved under its name.
Result<std::vector<NamedWindow>> windows_for(SampleSource& source, const std::vector<EventRule>& rules,
                                             const std::optional<CodedMarkers>& coded,
                                             const ReportOptions& options) {
  std::vector<NamedWindow> windows = options.windows;
  if (!options.complete) {
    if (!windows.empty()) return windows;
    JM_TRY_ASSIGN(const std::vector<Marker> markers, source.markers());
    windows = saved_windows(markers);
  }
  std::erase_if(windows, [&](const NamedWindow& window) {
    return std::ranges::find(rules, window.name, &EventRule::name) != rules.end() ||
           (coded && std::ranges::find(coded->names, window.name, &MarkerName::name) != coded->names.end());
  });
  return windows;
}

// Asked for by hand it must exist; recommended by the capture or part of all that is known it may have been
// left out on purpose.
Result<std::optional<std::uint32_t>> useful_name(const Timeline& timeline,
                                                 const std::vector<MetadataItem>& metadata,
                                                 const ReportOptions& options) {
  const std::optional<std::string>& asked = options.useful;
  std::optional<std::string> wanted = asked;
  for (const MetadataItem& item : metadata) {
    if (!options.complete && !asked && item.key == "useful") wanted = item.value;
  }
  if (!wanted) return std::nullopt;
  const auto found = std::find_if(timeline.names.begin(), timeline.names.end(),
                                  [&](const EventName& name) { return name.name == *wanted; });
  if (found != timeline.names.end()) return static_cast<std::uint32_t>(found - timeline.names.begin());
  if (!asked || options.complete) return std::nullopt;
  return fail(ErrorCode::usage,
              fmt::format("useful event '{}': no --event or --window has that name", *wanted));
}

// An importer that found the edges at odds with the run's own log recommends no rule and says why. Without
// events named by hand nothing is known to be idle either.
void heed_withheld(const std::vector<MetadataItem>& metadata, Report& report) {
  constexpr std::string_view k_prefix = "withheld.";
  for (const MetadataItem& item : metadata) {
    if (!item.key.starts_with(k_prefix)) continue;
    const bool by_hand = !report.events.empty();
    if (!by_hand) {
      report.idle = IdleReport{};
      report.useful_event.shares.clear();
      std::erase_if(report.findings, [](const Finding& finding) { return finding.code == "no_events"; });
    }
    report.findings.insert(
        report.findings.begin(),
        {"event_withheld", FindingSeverity::warning,
         fmt::format("The import recommends no windows of '{}': {} {}", item.key.substr(k_prefix.size()),
                     item.value,
                     by_hand ? "The windows here are as they were asked for; check each of them."
                             : "Pairing the edges could take pauses for events."),
         by_hand ? ""
                 : "'joulemark mlperf' shows the windows that the log confirms; --window or --event name "
                   "them by hand."});
  }
}

TotalReport total_of(const Measurement& m) {
  double energy_j = 0;
  double charge_c = 0;
  double covered_s = 0;
  for (const WindowSum& block : m.blocks) {
    energy_j += block.energy_j;
    charge_c += block.charge_c;
    covered_s += block.covered_s;
  }
  TotalReport total;
  if (m.has_energy) total.energy_j = energy_j;
  if (m.has_charge) total.charge_c = charge_c;
  if (m.has_energy && covered_s > 0) total.mean_power_w = energy_j / covered_s;
  if (m.has_charge && covered_s > 0) total.mean_current_a = charge_c / covered_s;
  return total;
}

}  // namespace

Result<Analysis> build_report(SampleSource& source, const ReportOptions& options) {
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, source.metadata());
  JM_TRY_ASSIGN(const auto coded, coded_for(source, metadata, options));
  JM_TRY_ASSIGN(const std::vector<EventRule> rules, rules_for(source, metadata, options, coded));
  JM_TRY_ASSIGN(const std::vector<NamedWindow> windows, windows_for(source, rules, coded, options));
  JM_TRY_ASSIGN(Timeline timeline, decode_events(source, rules, windows, options.hold_ns, coded));
  JM_TRY_ASSIGN(const auto useful, useful_name(timeline, metadata, options));
  const auto useful_events =
      std::count_if(timeline.events.begin(), timeline.events.end(),
                    [&](const Event& event) { return useful && event.name == *useful; });
  JM_TRY_ASSIGN(Measurement m,
                measure(source, std::move(timeline), {options.guard_ns, blocks_for(useful_events)}));
  Analysis analysis;
  Report& report = analysis.report;
  report.useful_event = useful_event(m, useful);
  if (options.goes_on) leave_out_unfinished(m);
  report.idle = idle_of(m);
  analysis.rows = event_rows(m, report.idle);
  const std::vector<EventResult> results = event_results(m, report.idle, analysis.rows);
  for (const EventResult& result : results)
    report.events.push_back(result.report);
  report.total = total_of(m);
  report.markers = m.timeline.markers;
  JM_TRY_ASSIGN(report.capture, describe_capture(source, m.sampling.lost_s));
  if (signs_of(report) == Signs::sound)
    report.useful_event.shares = shares_of(m, report.idle, analysis.rows, results);
  JM_TRY_ASSIGN(std::vector<Anomaly> anomalies, source.anomalies());
  anomalies.insert(anomalies.end(), m.timeline.anomalies.begin(), m.timeline.anomalies.end());
  report.quality = quality_of(anomalies, report.capture, report.events, analysis.rows);
  report.findings = findings_of(source.info(), m, report, results, metadata);
  heed_withheld(metadata, report);
  return analysis;
}

}  // namespace joulemark
