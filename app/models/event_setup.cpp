// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/event_setup.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace joulemark {

Result<EventSetup> read_setup(SampleSource& source) {
  EventSetup setup;
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, source.metadata());
  JM_TRY_ASSIGN(setup.rules, recommended_rules(metadata, source.info().lines));
  JM_TRY_ASSIGN(setup.code, recommended_code(metadata, source.info().lines));
  JM_TRY_ASSIGN(setup.codes, recommended_names(metadata));
  for (const MetadataItem& item : metadata) {
    if (item.key == "useful") setup.useful = item.value;
  }
  JM_TRY_ASSIGN(const std::vector<Marker> markers, source.markers());
  setup.windows = saved_windows(markers);
  for (const Marker& marker : markers) {
    if (marker.source == MarkerSource::person && marker.kind == MarkerKind::instant)
      setup.instants.push_back(marker);
  }
  return setup;
}

Status check_setup(const EventSetup& setup) {
  std::set<std::string> names;
  for (const EventRule& rule : setup.rules) {
    JM_TRY(check_event_name(rule.name));
    if (!names.insert(rule.name).second)
      return fail(ErrorCode::usage, fmt::format("two rules are called '{}'", rule.name));
  }
  for (const MarkerName& code : setup.codes) {
    if (setup.code && !names.insert(code.name).second)
      return fail(ErrorCode::usage, fmt::format("a rule has the name '{}' of a code", code.name));
  }
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

CaptureEdit edit_between(const EventSetup& before, const EventSetup& after) {
  CaptureEdit edit;
  for (const EventRule& rule : before.rules)
    edit.metadata["event." + rule.name] = std::nullopt;
  for (const EventRule& rule : after.rules)
    edit.metadata["event." + rule.name] = format_event_rule(rule).substr(rule.name.size() + 1);
  if (before.useful != after.useful) edit.metadata["useful"] = after.useful;
  if (before.windows == after.windows && before.instants == after.instants) return edit;
  std::vector<Marker> markers = after.instants;
  for (const NamedWindow& window : after.windows) {
    for (Marker& marker : markers_of(window))
      markers.push_back(std::move(marker));
  }
  std::ranges::stable_sort(markers, {}, &Marker::time_ns);
  edit.person_markers = std::move(markers);
  return edit;
}

}  // namespace joulemark
