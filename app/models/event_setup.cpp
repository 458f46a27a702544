// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/elf/read_markers.h>
#include <analysis/model/event_name.h>

#include <app/models/event_setup.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace joulemark {
namespace {

constexpr const char* k_markers = "markers";  // the key that holds the code

// A rule goes before one of its name behind the code.
std::map<std::string, std::string> kept_metadata(const EventSetup& setup) {
  std::map<std::string, std::string> kept;
  for (const auto* rules : {&setup.rules, &setup.behind}) {
    for (const EventRule& rule : *rules)
      kept.try_emplace("event." + rule.name, format_event_rule(rule).substr(rule.name.size() + 1));
  }
  if (setup.code) kept[k_markers] = format_marker_code(*setup.code);
  for (const MarkerName& name : setup.codes)
    kept[fmt::format("marker.{}", name.number)] = name.name;
  if (setup.useful) kept["useful"] = *setup.useful;
  return kept;
}

auto place_of(const Marker& marker) {
  return std::tie(marker.time_ns, marker.kind, marker.name);
}

// In order, each once.
std::vector<Marker> kept_markers(const EventSetup& setup) {
  std::vector<Marker> markers = setup.instants;
  for (const NamedWindow& window : setup.windows) {
    for (Marker& marker : markers_of(window))
      markers.push_back(std::move(marker));
  }
  std::ranges::sort(markers, {}, place_of);
  markers.erase(std::unique(markers.begin(), markers.end()), markers.end());
  return markers;
}

// Firmware with a line for each event.
Status take_rules(EventSetup& setup, const MarkerTable& firmware, std::span<const Line> lines) {
  for (const std::string& text : firmware.event_rules()) {
    JM_TRY_ASSIGN(EventRule rule, parse_event_rule(text, lines));
    std::erase_if(setup.rules, [&](const EventRule& old) { return old.name == rule.name; });
    setup.rules.push_back(std::move(rule));
  }
  return {};
}

Status check_codes(const EventSetup& setup, std::set<std::string>& names) {
  if (!setup.code) return {};
  for (const MarkerName& code : setup.codes) {
    JM_TRY(check_event_name(code.name));
    if (!names.insert(code.name).second)
      return fail(ErrorCode::usage,
                  fmt::format("the name '{}' is taken by a rule or another code", code.name));
  }
  for (const EventRule& rule : setup.rules) {
    if (stands_behind(rule, *setup.code, setup.codes))
      return fail(
          ErrorCode::usage,
          fmt::format("d{} is one of the coded lines: a rule needs a line of its own", rule.line.value));
  }
  return {};
}

}  // namespace

Result<EventSetup> recommended_setup(std::span<const MetadataItem> metadata, std::span<const Line> lines) {
  EventSetup setup;
  std::vector<MetadataItem> uncoded(metadata.begin(), metadata.end());
  std::erase_if(uncoded, [](const MetadataItem& item) { return item.key == k_markers; });
  JM_TRY_ASSIGN(setup.rules, recommended_rules(uncoded, lines));
  JM_TRY_ASSIGN(setup.code, recommended_code(metadata, lines));
  JM_TRY_ASSIGN(setup.codes, recommended_names(metadata));
  for (const MetadataItem& item : metadata) {
    if (item.key == "useful") setup.useful = item.value;
  }
  hide_rules_behind_code(setup);
  return setup;
}

Result<EventSetup> read_setup(SampleSource& source) {
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, source.metadata());
  JM_TRY_ASSIGN(EventSetup setup, recommended_setup(metadata, source.info().lines));
  JM_TRY_ASSIGN(const std::vector<Marker> markers, source.markers());
  setup.windows = saved_windows(markers);
  for (const Marker& marker : markers) {
    if (marker.source == MarkerSource::person && marker.kind == MarkerKind::instant)
      setup.instants.push_back(marker);
  }
  return setup;
}

Status take_markers(EventSetup& setup, std::string_view code, const std::string& elf_file,
                    std::span<const Line> lines) {
  std::optional<MarkerTable> firmware;
  if (!elf_file.empty()) {
    JM_TRY_ASSIGN(firmware, read_markers(elf_file));
  }
  const bool by_line = firmware && !firmware->coded;
  if (by_line && !code.empty())
    return fail(
        ErrorCode::usage,
        elf_file + ": this firmware has a line for each event, no codes: leave the coded lines empty");
  const std::string text =
      code.empty() && firmware && firmware->coded ? firmware->code_text() : std::string(code);
  std::optional<MarkerCode> coded;
  if (!text.empty()) {
    JM_TRY_ASSIGN(coded, parse_marker_code(text, lines));
  }
  setup.code = std::move(coded);
  if (firmware && firmware->coded) {
    setup.codes = firmware->names;
    for (MarkerName& name : setup.codes)
      name.instant = false;  // the capture does not say
  }
  if (by_line) JM_TRY(take_rules(setup, *firmware, lines));
  hide_rules_behind_code(setup);
  return {};
}

void hide_rules_behind_code(EventSetup& setup) {
  std::vector<EventRule> all = std::exchange(setup.rules, {});
  for (EventRule& rule : std::exchange(setup.behind, {})) {
    if (std::ranges::find(all, rule.name, &EventRule::name) == all.end()) all.push_back(std::move(rule));
  }
  std::ranges::stable_sort(all, {}, &EventRule::name);
  for (EventRule& rule : all) {
    const bool hidden = setup.code && stands_behind(rule, *setup.code, setup.codes);
    (hidden ? setup.behind : setup.rules).push_back(std::move(rule));
  }
}

std::vector<std::uint32_t> unnamed_codes(const EventSetup& setup, const Report& report) {
  std::vector<std::uint32_t> codes;
  if (!setup.code) return codes;
  for (std::uint32_t number = 1; number >> setup.code->lines.size() == 0; ++number) {
    if (std::ranges::find(setup.codes, number, &MarkerName::number) != setup.codes.end()) continue;
    if (std::ranges::find(report.events, name_of_code(setup, number), &EventReport::name) !=
        report.events.end())
      codes.push_back(number);
  }
  return codes;
}

std::string name_of_code(const EventSetup& setup, std::uint32_t number) {
  const auto named = std::ranges::find(setup.codes, number, &MarkerName::number);
  return named == setup.codes.end() ? fmt::format("code{}", number) : named->name;
}

Status check_setup(const EventSetup& setup) {
  std::set<std::string> names;
  for (const EventRule& rule : setup.rules) {
    JM_TRY(check_event_name(rule.name));
    if (!names.insert(rule.name).second)
      return fail(ErrorCode::usage, fmt::format("two rules are called '{}'", rule.name));
  }
  JM_TRY(check_codes(setup, names));
  std::map<std::string, TimeNs> ends;
  for (const NamedWindow& window : setup.windows) {
    JM_TRY(check_event_name(window.name));
    if (names.contains(window.name))
      return fail(ErrorCode::usage, fmt::format("the name '{}' is taken by a rule or code", window.name));
    const auto [end, first] = ends.try_emplace(window.name, window.time.end_ns);
    if (!first && window.time.begin_ns < end->second)
      return fail(ErrorCode::usage, fmt::format("two windows called '{}' overlap", window.name));
    end->second = window.time.end_ns;
  }
  return {};
}

ReportOptions report_options_for(const EventSetup& setup) {
  ReportOptions options;
  for (const EventRule& rule : setup.rules)
    options.events.push_back(format_event_rule(rule));
  if (setup.code) options.markers = format_marker_code(*setup.code);
  options.names = setup.codes;
  options.windows = setup.windows;
  options.useful = setup.useful;
  options.complete = true;
  return options;
}

std::vector<MetadataItem> metadata_of(const EventSetup& setup) {
  std::vector<MetadataItem> items;
  for (const auto& [key, value] : kept_metadata(setup))
    items.push_back({key, value});
  return items;
}

bool is_setup_key(std::string_view key) {
  return key == k_markers || key == "useful" || key.starts_with("event.") || key.starts_with("marker.");
}

CaptureEdit edit_between(const EventSetup& before, const EventSetup& after) {
  CaptureEdit edit;
  const auto old_items = kept_metadata(before);
  const auto new_items = kept_metadata(after);
  for (const auto& [key, value] : old_items) {
    if (!new_items.contains(key)) edit.metadata[key] = std::nullopt;
  }
  for (const auto& [key, value] : new_items) {
    const auto old = old_items.find(key);
    if (old == old_items.end() || old->second != value) edit.metadata[key] = value;
  }
  const std::vector<Marker> old_markers = kept_markers(before);
  const std::vector<Marker> new_markers = kept_markers(after);
  std::ranges::set_difference(old_markers, new_markers, std::back_inserter(edit.removed), {}, place_of,
                              place_of);
  std::ranges::set_difference(new_markers, old_markers, std::back_inserter(edit.added), {}, place_of,
                              place_of);
  return edit;
}

}  // namespace joulemark
