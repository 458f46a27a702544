// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>
#include <analysis/timing/coded_events.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace joulemark {
namespace {

std::uint32_t code_of(const MarkerCode& code, const LineSet& lines) {
  std::uint32_t value = 0;
  for (std::size_t bit = 0; bit < code.lines.size(); ++bit)
    value |= lines.test(code.lines[bit].value & 0xFF) ? 1U << bit : 0U;
  return value;
}

std::vector<CodeBlindness> blindness_of(const MarkerCode& code, const std::vector<Levels>& after,
                                        const std::vector<TimeRange>& unobserved) {
  std::vector<CodeBlindness> blind;
  for (std::size_t i = 0; i < unobserved.size(); ++i)
    blind.push_back({unobserved[i], code_of(code, after[i].known), code_of(code, after[i].high)});
  return blind;
}

}  // namespace

CodedEvents::CodedEvents(const CodedMarkers& coded, const LineLevels& levels,
                         const std::vector<TimeRange>& unobserved)
    : coded_(coded),
      decoder_(coded.code, code_of(coded.code, levels.initial_high),
               blindness_of(coded.code, levels.after, unobserved),
               [this](std::uint32_t code) { return name_of(code); }) {
  for (const LineId line : coded_.code.lines)
    edges_[line.value] = 0;
  if (coded_.code.strobe) edges_[coded_.code.strobe->value] = 0;
}

void CodedEvents::push(const Edge& edge) {
  const auto line = edges_.find(edge.line.value);
  if (line == edges_.end()) return;
  ++line->second;
  decoder_.push(edge);
}

std::string CodedEvents::name_of(std::uint32_t code) const {
  const auto found = std::ranges::find(coded_.names, code, &MarkerName::number);
  return found == coded_.names.end() ? fmt::format("code{}", code) : found->name;
}

// What may be named: what has a name and fits the lines, and what was shown.
Result<std::map<std::uint32_t, std::uint32_t>> CodedEvents::add_names(Timeline& timeline) const {
  std::set<std::uint32_t> codes;
  for (const MarkerName& name : coded_.names) {
    if (name.number >> coded_.code.lines.size() == 0) codes.insert(name.number);
  }
  for (const auto* list : {&decoder_.windows(), &decoder_.doubts()}) {
    for (const CodeWindow& window : *list)
      codes.insert(window.code);
  }
  codes.erase(0);
  std::map<std::uint32_t, std::uint32_t> indices;
  for (const std::uint32_t code : codes) {
    const std::string name = name_of(code);
    if (std::ranges::find(timeline.names, name, &EventName::name) != timeline.names.end())
      return fail(ErrorCode::usage,
                  fmt::format("a coded marker and another event are both named '{}'", name));
    indices[code] = static_cast<std::uint32_t>(timeline.names.size());
    timeline.names.push_back({name, 1, false});
  }
  return indices;
}

void CodedEvents::report_glitches(Timeline& timeline) const {
  if (decoder_.glitches() == 0) return;
  timeline.anomalies.push_back(
      {AnomalyKind::glitch,
       Severity::info,
       {},
       decoder_.glitches_where(),
       0,
       decoder_.glitches(),
       fmt::format("coded markers: {} shorter than {}, the first at {:.6f} s; ignored",
                   format_count(decoder_.glitches(), "change"),
                   format_si(to_seconds(coded_.code.settle_ns), "s", 3),
                   to_seconds(decoder_.glitches_where().begin_ns))});
}

Status CodedEvents::finish(TimeNs end_ns, Timeline& timeline) {
  decoder_.finish(end_ns);
  JM_TRY_ASSIGN(const auto indices, add_names(timeline));
  for (const CodeWindow& window : decoder_.windows())
    timeline.events.push_back({window.time, indices.at(window.code), window.resolution_ns});
  for (const CodeWindow& doubt : decoder_.doubts()) {
    if (!indices.empty())
      timeline.doubts.push_back(
          {doubt.time, doubt.code == 0 ? indices.begin()->second : indices.at(doubt.code)});
  }
  for (const Anomaly& anomaly : decoder_.log().take())
    timeline.anomalies.push_back(anomaly);
  report_glitches(timeline);
  for (const auto& [line, edges] : edges_) {
    const auto known = std::ranges::find(timeline.markers.lines, LineId{line}, &LineReport::line);
    if (known == timeline.markers.lines.end()) timeline.markers.lines.push_back({LineId{line}, edges, 0});
  }
  std::ranges::sort(timeline.markers.lines, {}, [](const LineReport& line) { return line.line.value; });
  return {};
}

}  // namespace joulemark
