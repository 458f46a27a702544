// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>
#include <analysis/timing/coded_events.h>
#include <analysis/timing/edge_pairer.h>
#include <analysis/timing/glitch_filter.h>
#include <analysis/timing/line_levels.h>
#include <analysis/timing/timeline.h>
#include <analysis/timing/unobserved.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace joulemark {
namespace {

// One line: its filter and the rules that listen to it.
struct LineDecoder {
  GlitchFilter filter;
  std::vector<EdgePairer> pairers{};
  std::vector<Edge> settled{};
  std::int64_t edges = 0;

  void push(const Edge& edge, std::vector<Event>& out) {
    ++edges;
    filter.push(edge, settled);
    pass_on(out);
  }

  void pass_on(std::vector<Event>& out) {
    for (const Edge& edge : settled) {
      for (EdgePairer& pairer : pairers)
        pairer.push(edge, out);
    }
    settled.clear();
  }

  [[nodiscard]] std::int64_t ignored_edges() const {
    std::int64_t by_pairers = 0;
    for (const EdgePairer& pairer : pairers)
      by_pairers = std::max(by_pairers, pairer.ignored_edges());
    return 2 * (filter.glitches() + filter.zero_length()) + by_pairers;
  }
};

Result<std::vector<EventName>> collect_names(std::span<const EventRule> rules,
                                             std::span<const NamedWindow> windows) {
  std::vector<EventName> names;
  const auto known = [&](const std::string& name) {
    return std::any_of(names.begin(), names.end(), [&](const EventName& n) { return n.name == name; });
  };
  for (const EventRule& rule : rules) {
    if (known(rule.name)) return fail(ErrorCode::usage, fmt::format("two events are named '{}'", rule.name));
    names.push_back({rule.name, rule.repeat, false});
  }
  const std::size_t of_rules = names.size();
  for (const NamedWindow& window : windows) {
    const auto same =
        std::find_if(names.begin(), names.end(), [&](const EventName& n) { return n.name == window.name; });
    if (same != names.end() && same - names.begin() < static_cast<std::ptrdiff_t>(of_rules)) {
      return fail(ErrorCode::usage, fmt::format("an event and a window are both named '{}'", window.name));
    }
    if (same == names.end()) names.push_back({window.name, 1, true});
  }
  return names;
}

void report_glitches(std::uint32_t line, const GlitchFilter& filter, TimeNs hold_ns,
                     std::vector<Anomaly>& anomalies) {
  const auto add = [&](AnomalyKind kind, Severity severity, std::int64_t count, std::string message) {
    if (count > 0) anomalies.push_back({kind, severity, {}, filter.where(), 0, count, std::move(message)});
  };
  const double first_s = to_seconds(filter.where().begin_ns);
  add(AnomalyKind::glitch, Severity::info, filter.glitches(),
      fmt::format("line d{}: {} shorter than {}, the first at {:.6f} s; ignored", line,
                  format_count(filter.glitches(), "pulse"), format_si(to_seconds(hold_ns), "s", 3), first_s));
  add(AnomalyKind::zero_length, Severity::doubtful, filter.zero_length(),
      fmt::format("line d{}: pulses that begin and end at one time, the first near {:.6f} s; ignored", line,
                  first_s));
}

using Decoders = std::map<std::uint32_t, LineDecoder>;

Decoders make_decoders(std::span<const EventRule> rules, TimeNs hold_ns, const LineSet& both_levels) {
  Decoders decoders;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const std::uint32_t line = rules[i].line.value;
    LineDecoder& decoder =
        decoders.try_emplace(line, LineDecoder{.filter = GlitchFilter(hold_ns)}).first->second;
    decoder.pairers.emplace_back(rules[i], i, hold_ns, both_levels.test(line & 0xFF));
  }
  return decoders;
}

void finish(Decoders& decoders, TimeNs end_ns, TimeNs hold_ns, Timeline& timeline) {
  for (auto& [line, decoder] : decoders) {
    decoder.filter.finish(decoder.settled);
    decoder.pass_on(timeline.events);
    for (EdgePairer& pairer : decoder.pairers) {
      pairer.finish(end_ns);
      const auto noted = pairer.log().take();
      timeline.anomalies.insert(timeline.anomalies.end(), noted.begin(), noted.end());
      for (const TimeRange& time : pairer.doubt())
        timeline.doubts.push_back({time, pairer.name()});
    }
    report_glitches(line, decoder.filter, hold_ns, timeline.anomalies);
    timeline.markers.lines.push_back({LineId{line}, decoder.edges, decoder.ignored_edges()});
  }
}

Result<TimeNs> end_of_recording(SampleSource& source) {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(source.info()));
  JM_TRY_ASSIGN(const Extent extent, source.extent(primary));
  return extent.time.end_ns;
}

void add_windows(std::span<const NamedWindow> windows, Timeline& timeline) {
  for (const NamedWindow& window : windows) {
    const auto name = std::find_if(timeline.names.begin(), timeline.names.end(),
                                   [&](const EventName& n) { return n.name == window.name; });
    timeline.events.push_back({window.time, static_cast<std::uint32_t>(name - timeline.names.begin()), 0});
  }
}

}  // namespace

Result<Timeline> decode_events(SampleSource& source, std::span<const EventRule> rules,
                               std::span<const NamedWindow> windows, TimeNs hold_ns,
                               const std::optional<CodedMarkers>& coded) {
  Timeline timeline;
  JM_TRY_ASSIGN(timeline.names, collect_names(rules, windows));
  timeline.markers.hold_s = to_seconds(hold_ns);
  JM_TRY_ASSIGN(const TimeNs end_ns, end_of_recording(source));
  JM_TRY_ASSIGN(const std::vector<TimeRange> unobserved, unobserved_stretches(source));
  JM_TRY_ASSIGN(const LineLevels levels, look_at_lines(source, unobserved));
  Decoders decoders = make_decoders(rules, hold_ns, levels.both_seen);
  std::optional<CodedEvents> codes;
  if (coded) codes.emplace(*coded, levels, unobserved);
  JM_TRY(source.edges(k_plausible_time, [&](std::span<const Edge> edges) -> Status {
    for (const Edge& edge : edges) {
      if (codes) codes->push(edge);
      const auto line = decoders.find(edge.line.value);
      if (line == decoders.end()) continue;
      line->second.push(edge, timeline.events);
    }
    return {};
  }));
  finish(decoders, end_ns, hold_ns, timeline);
  if (codes) JM_TRY(codes->finish(end_ns, timeline));
  leave_out_unobserved(unobserved, timeline);
  add_windows(windows, timeline);
  std::stable_sort(timeline.events.begin(), timeline.events.end(), [](const Event& a, const Event& b) {
    return a.time.begin_ns != b.time.begin_ns ? a.time.begin_ns < b.time.begin_ns
                                              : a.time.end_ns > b.time.end_ns;
  });
  return timeline;
}

}  // namespace joulemark
