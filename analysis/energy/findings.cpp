// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/cut_short.h>
#include <analysis/energy/findings.h>
#include <analysis/energy/idle.h>
#include <analysis/energy/signs.h>
#include <analysis/model/rail.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr std::int64_t k_few_useful = 10;
constexpr std::int64_t k_many_ignored = 20;  // one edge in so many
constexpr double k_unsettled = 0.005;        // of the idle draw
constexpr double k_step_to_warn_of = 0.01;   // half a step, of what is typical
constexpr double k_unresolved = 0.05;        // of an event, by the sampling
constexpr double k_much_outside = 0.01;      // of an event, where its energy does not hold it

class Findings {
 public:
  void info(std::string code, std::string message, std::string remedy = {}) {
    list_.push_back({std::move(code), FindingSeverity::info, std::move(message), std::move(remedy)});
  }
  void warn(std::string code, std::string message, std::string remedy = {}) {
    list_.push_back({std::move(code), FindingSeverity::warning, std::move(message), std::move(remedy)});
  }
  void add(Finding finding) { list_.push_back(std::move(finding)); }
  [[nodiscard]] std::vector<Finding> take() { return std::move(list_); }

 private:
  std::vector<Finding> list_;
};

void find_in_supply(const CaptureInfo& info, const Measurement& m, Findings& findings) {
  if (!m.has_energy) {
    findings.warn(
        "no_voltage",
        "The capture has neither a voltage channel nor a stated supply voltage, so only charge can be "
        "told: no energy, per event or per useful event.",
        "Import it with --option voltage=3.3V, or record the voltage too.");
  }
  if (!m.has_charge) {
    findings.info(
        "no_current",
        "The capture holds power without a supply voltage, so neither current nor charge can be told.");
  }
  if (m.has_energy && voltage_basis(info) == VoltageBasis::assumed && info.supply.voltage_v) {
    const auto primary = primary_channel(info);
    const bool from_current = primary && info.channels[primary->value].quantity == Quantity::current;
    findings.info("assumed_voltage",
                  fmt::format("{} assume a constant supply of {}; nothing measured it.",
                              from_current ? "Energies" : "Energies are measured; currents and charges",
                              format_si(*info.supply.voltage_v, "V", 3)));
  }
}

std::string_view stated(const std::vector<MetadataItem>& metadata, std::string_view key) {
  const auto item = std::ranges::find(metadata, key, &MetadataItem::key);
  return item == metadata.end() ? std::string_view() : item->value;
}

// A shunt of another size makes every current wrong by the same factor, which nothing else shows.
void find_in_shunt(const std::vector<MetadataItem>& metadata, Findings& findings) {
  const std::string_view basis = stated(metadata, "instrument.shunt_basis");
  const auto ohm = parse_number(stated(metadata, "instrument.shunt_ohm"));
  if (!ohm || (basis != "probe" && basis != "assumed")) return;
  const std::string value = format_si(*ohm, "ohm", 3);
  findings.warn(
      "shunt_not_stated",
      fmt::format("The shunt was not stated: {}. Currents and energies are off by as much as it is.",
                  basis == "probe" ? "the probe's setting of " + value + " was taken"
                                   : value + " was assumed, as on most boards"),
      "Record with --option shunt=OHM.");
}

// A voltage that is read now and then does not follow what the current makes of it, or only so far as that is
// known to the instrument.
void find_in_voltage(const Report& report, const std::vector<MetadataItem>& metadata, Findings& findings) {
  if (report.capture.voltage_basis != VoltageBasis::measured) return;
  const auto& channels = report.capture.channels;
  const auto voltage = std::ranges::find(channels, Quantity::voltage, &ChannelReport::quantity);
  if (voltage == channels.end() || voltage->samples == 0) return;
  const auto stated_s = parse_number(stated(metadata, "voltage.interval_s"));
  const double interval_s =
      stated_s.value_or(report.capture.duration_s / static_cast<double>(voltage->samples));
  std::vector<std::string> names;
  for (const EventReport& event : report.events) {
    if (event.latency_s.mean.value_or(interval_s) < interval_s) names.push_back("'" + event.name + "'");
  }
  if (names.empty()) return;
  const char* unseen =
      stated_s ? "In between it follows from what the instrument's shunt drops. What the supply itself sags "
                 "meanwhile (the current times the resistance of source and wires)"
               : "What it sags meanwhile (the current times the resistance of shunt and supply)";
  findings.info(
      "voltage_at_intervals",
      fmt::format("The voltage was read every {}, too seldom to follow {}. {} is not seen, and the energy is "
                  "off by that part, whatever interval and adequacy say.",
                  format_si(interval_s, "s", 3), fmt::join(names, ", "), unseen));
}

// A supply that is off supplies nothing, and measures that.
void find_in_output(const std::vector<MetadataItem>& metadata, Findings& findings) {
  const auto value = [&](std::string_view key) {
    const auto item = std::ranges::find(metadata, key, &MetadataItem::key);
    return item == metadata.end() ? std::string() : item->value;
  };
  if (value("instrument.vout_before_v") != "0" || !value("instrument.vout").empty()) return;
  findings.warn("output_off", "The instrument's output was off, so it supplied nothing to be measured.",
                "Record with --vout.");
}

std::string example_line(const CaptureInfo& info) {
  return fmt::format("d{}", info.lines.empty() ? 0 : info.lines.front().id.value);
}

void find_in_recording(const CaptureInfo& info, const Measurement& m, Findings& findings) {
  if (m.timeline.names.empty() && info.lines.empty()) {
    findings.info("no_events", "No event is named and the capture has no digital lines.",
                  "Name a stretch of time with --window NAME=START..END.");
  } else if (m.timeline.names.empty()) {
    findings.info(
        "no_events",
        fmt::format("No event is named; the capture has {}.",
                    format_count(static_cast<std::int64_t>(info.lines.size()), "line")),
        fmt::format("Name a line with --event NAME={0}, say --event inference={0}.", example_line(info)));
  }
  const double span_s = m.sampling.span.seconds();
  if (m.sampling.lost_s > 1e-9 + 1e-3 * m.sampling.interval_s) {
    findings.warn("lost_time",
                  fmt::format("{} of {} ({:.2g} %) was not recorded. Totals, idle and shares leave that time "
                              "out; so does the count of useful events.",
                              format_si(m.sampling.lost_s, "s", 3), format_si(span_s, "s", 3),
                              100 * m.sampling.lost_s / span_s));
  }
}

// What draws more than the instrument can tell is told as too little.
void find_in_clipping(const Measurement& m, Findings& findings) {
  if (m.sampling.clipped_s <= 0) return;
  findings.warn(
      "clipped_time",
      fmt::format("For {} the current went beyond the instrument's range. Totals and energy per useful "
                  "event are lower bounds, shares are off, events that touch that time are left "
                  "out, and so it is from idle. Use a wider range or a smaller shunt.",
                  format_si(m.sampling.clipped_s, "s", 3)));
}

void find_in_damage(const QualityReport& quality, Findings& findings) {
  for (const AnomalyGroup& group : quality.anomalies) {
    if (group.kind != AnomalyKind::damaged || group.severity != Severity::data_loss) continue;
    findings.warn(
        "damaged_capture",
        "The capture file was damaged and lost data that no figure holds; where an end of the recording "
        "is gone, duration and counts are those of the rest: " +
            group.message);
  }
}

// What the target did meanwhile is not what it does.
void find_in_faults(const QualityReport& quality, Findings& findings) {
  for (const AnomalyGroup& group : quality.anomalies) {
    if (group.kind != AnomalyKind::instrument_fault) continue;
    findings.warn(
        "instrument_fault",
        "The instrument reported trouble, and what it measured meanwhile may not be what the target "
        "draws: " +
            group.message);
  }
}

// A hold time that takes more than noise away.
void find_in_markers(const MarkersReport& markers, Findings& findings) {
  for (const LineReport& line : markers.lines) {
    const bool one_pulse = line.ignored_edges <= 2;
    if (one_pulse || line.ignored_edges * k_many_ignored < line.edges) continue;
    findings.warn(
        "edges_ignored",
        fmt::format("d{}: {} of {} are ignored, as they follow another one within the hold time of {}.",
                    line.line.value, line.ignored_edges, format_count(line.edges, "edge"),
                    format_si(markers.hold_s, "s", 3)),
        "If they mark real events, give a shorter --hold.");
  }
}

// Time that may belong to an event of which no window is known.
void find_in_doubts(const Measurement& m, Findings& findings) {
  double doubt_s = 0;
  std::size_t count = m.segments.size();
  while (m.goes_on && count > 0 && m.partition.segments[count - 1].label == k_doubt_label)
    --count;  // an event that has not ended yet
  for (std::size_t i = 0; i < count; ++i)
    doubt_s += m.partition.segments[i].label == k_doubt_label ? m.segments[i].covered_s : 0;
  if (doubt_s <= 0) return;
  findings.warn("time_in_doubt",
                fmt::format("For {} an event was open without a known begin or end, or an edge is missing. "
                            "That time is no event and kept out of idle; its energy is unattributed.",
                            format_si(doubt_s, "s", 3)));
}

// Samples that stand still on one step of the instrument may all be off by the same part of it.
void find_in_noise(const Measurement& m, Findings& findings) {
  std::vector<std::string> where;
  double worst_rel = 0;
  const auto add = [&](const Noise& noise, const std::string& name) {
    if (!noise.undithered) return;
    const std::string part =
        noise.half_step_rel > 0 ? fmt::format(" ({:.2g} %)", 100 * noise.half_step_rel) : std::string();
    where.push_back(name + part);
    worst_rel = std::max(worst_rel, noise.half_step_rel);
  };
  add(m.idle_noise, "idle");
  for (std::size_t name = 0; name < m.noise.size(); ++name)
    add(m.noise[name], fmt::format("'{}'", m.timeline.names[name].name));
  if (where.empty()) return;
  const std::string message = fmt::format(
      "In {}, successive samples hardly differ: the noise is below half a step of the instrument, so the "
      "mean may "
      "be off by up to half a step, which no interval shows{}.",
      fmt::join(where, ", "),
      worst_rel > 0 ? " (in brackets: half a step as a part of what is typical)" : "");
  if (worst_rel > k_step_to_warn_of) return findings.warn("undithered", message);
  findings.info("undithered", message);
}

// A slow tail after the events raises idle, and what is subtracted for it is missing from the events.
void find_in_idle(const Measurement& m, Findings& findings) {
  const double unsettled = idle_unsettled(m).value_or(0);
  if (std::abs(unsettled) < k_unsettled) return;
  TimeNs guard_ns = 0;
  for (const EventPlan& plan : m.plans)
    guard_ns = std::max({guard_ns, plan.clear.before_ns, plan.clear.after_ns});
  const bool falls = unsettled > 0;
  findings.warn(
      "idle_unsettled",
      fmt::format(
          "Idle draws {0} right after the events than later: without the first tenth of each stretch "
          "it is {1:.2g} % {2}, so the target has not come to rest by the end of the guard ({3}). Idle "
          "is too {4} and net energies are too {5}.",
          falls ? "more" : "less", 100 * std::abs(unsettled), falls ? "less" : "more",
          format_si(to_seconds(guard_ns), "s", 3), falls ? "high" : "low", falls ? "low" : "high"),
      "Raise --guard until idle stays as it is.");
}

void find_in_ending(EndReason reason, Findings& findings) {
  if (reason == EndReason::completed || reason == EndReason::interrupted) return;
  const std::string_view why = reason == EndReason::killed ? "killed, or still running" : name_of(reason);
  findings.warn("ended_early",
                fmt::format("The recording did not end as it should ({}); what it holds is good, "
                            "but its last moments may be missing.",
                            why));
}

// The integral holds nothing of it.
void find_outside_of_integral(const EventReport& event, const EventPlan& plan, double interval_s,
                              Findings& findings) {
  const double of_a_sample = interval_s / plan.median_latency_s;  // at an edge it is split
  const auto tell = [&](double part, const char* code, const char* when, const char* why) {
    if (part < std::max(k_much_outside, of_a_sample)) return;
    findings.warn(code, fmt::format("'{}': {:.2g} % of its energy is drawn {} the marker, {}. Its energy is "
                                    "the integral between the edges and does not hold it.",
                                    event.name, 100 * part, when, why));
  };
  tell(plan.before_rel, "active_outside_marker", "before", "likely real work that the marker misses");
  tell(plan.after_rel, "smeared", "after", "as decoupling and regulators do, or work that the marker misses");
}

// "The energy holds it", or how much of it.
std::string what_is_held(const EventPlan& plan) {
  if (plan.beyond_rel > 0)
    return fmt::format("The energy holds what lies within the guard; {:.2g} % more lies beyond it",
                       100 * plan.beyond_rel);
  const bool all = plan.looked && plan.beside_rel <= 0;
  return all ? "The energy holds it" : "The energy holds what lies within the guard";
}

// By excess.
void find_in_outside(const EventReport& event, const EventPlan& plan, const OutsideMarker& outside,
                     Findings& findings) {
  const double outside_j = event.outside_marker_j.mean.value_or(0);
  if ((!outside.before && !outside.after) || outside_j <= 0) return;
  const std::string amount = format_si(outside_j, "J", 3);
  if (outside.before) {
    findings.warn("active_outside_marker",
                  fmt::format("'{}': the target draws {} above idle per inference outside the marker, within "
                              "{} of it. {}; it is likely real work that the marker misses.",
                              event.name, amount, format_si(event.guard_s, "s", 3), what_is_held(plan)));
  } else {
    findings.info("smeared",
                  fmt::format("'{}': {} per inference is drawn after the marker's end, as decoupling "
                              "and regulators do. {}.",
                              event.name, amount, what_is_held(plan)));
  }
}

// Whose it is nobody can tell.
void find_beside(const EventReport& event, const EventPlan& plan, Findings& findings) {
  if (plan.beside_rel < k_much_outside) return;
  findings.warn(
      "active_outside_marker",
      fmt::format("'{}': beside its events the target draws, on average, another {:.2g} % of their energy "
                  "before it comes to rest: work of something else, or their own that the marker "
                  "misses. Their energy does not hold it, but for the guard.",
                  event.name, 100 * plan.beside_rel));
}

// "lost samples, clipped"
std::string in_words(const std::vector<std::string>& flags) {
  std::string words = fmt::format("{}", fmt::join(flags, ", "));
  std::ranges::replace(words, '_', ' ');
  return words;
}

void find_in_missing(const EventReport& event, const UsefulEventReport& useful, Findings& findings) {
  const bool lacking = useful.name == event.name && useful.count == 0;
  if (event.count > 0 && lacking)
    findings.warn("no_useful_events", fmt::format("'{}' did not occur in the recorded time.", event.name));
  if (event.count > 0) return;
  findings.warn(lacking ? "no_useful_events" : "event_not_found",
                fmt::format("'{}': no complete window was found on its line{}. Check line, pairing and "
                            "hold time.",
                            event.name, lacking ? ", so there is no energy per useful event" : ""));
}

void find_in_event(const EventResult& result, const EventPlan& plan, double interval_s, Findings& findings) {
  const EventReport& event = result.report;
  if (event.count == 0) return;
  if (event.energy_left_out > 0) {
    findings.warn("events_left_out",
                  fmt::format("'{}': {} of {} windows are left out of the energies ({}).", event.name,
                              event.energy_left_out, event.count, in_words(event.flags)));
  }
  if (plan.wanted_excess && plan.method == Method::integral) {
    findings.warn(
        "not_isolated",
        fmt::format("'{}': too short for the sampling rate to be split at its edges without bias, and "
                    "its neighbours (or a lack of idle time) leave no room to sum whole samples "
                    "around it. Its energy is the plain integral; see its adequacy.",
                    event.name));
  }
  const double unresolved_rel = event.adequacy.bound_rel.value_or(0) - plan.not_held_rel();
  if (event.adequacy.grade == Grade::poor && unresolved_rel > k_unresolved) {
    findings.warn("inadequate",
                  fmt::format("'{}': the recording's time resolution leaves {} of the mean energy open.",
                              event.name, format_bound("up to", unresolved_rel)),
                  "A faster instrument, or several inferences per window (repeat=N), would do.");
  }
  if (result.correlated) {
    findings.info("correlated", fmt::format("'{}': successive energies resemble each other or drift; the "
                                            "interval comes from means of batches.",
                                            event.name));
  }
  if (event.latency_s.n == 1) {
    findings.info("single_event",
                  fmt::format("'{}': one window alone says nothing about spread.", event.name));
  }
  find_in_outside(event, plan, result.outside, findings);
  find_beside(event, plan, findings);
  if (plan.method == Method::integral) find_outside_of_integral(event, plan, interval_s, findings);
}

// A target that was reset in the middle of an event: its line falls, and no more is seen of that.
void find_in_lengths(const Measurement& m, Findings& findings) {
  const Timeline& timeline = m.timeline;
  std::vector<std::vector<TimeNs>> lengths_ns(timeline.names.size());
  const auto judged = [&](std::size_t i) {
    const Event& event = timeline.events[i];
    return !timeline.names[event.name].drawn && counts(m.flags[i], m.plans[event.name].method);
  };
  for (std::size_t i = 0; i < timeline.events.size(); ++i) {
    if (judged(i)) lengths_ns[timeline.events[i].name].push_back(timeline.events[i].time.length_ns());
  }
  for (std::uint32_t name = 0; name < timeline.names.size(); ++name) {
    const auto cut = find_cut_short(std::move(lengths_ns[name]), m.plans[name].resolution_ns);
    if (!cut) continue;
    std::size_t i = 0;
    while (!judged(i) || timeline.events[i].name != name ||
           timeline.events[i].time.length_ns() > cut->longest_ns)
      ++i;
    const Event* first = &timeline.events[i];
    findings.warn(
        "cut_short",
        fmt::format("'{}': {} at most {} long (the first at {:.6f} s), all others {} and more. A target "
                    "that is reset ends its event so. They are in the figures, as a rare short run "
                    "would be: if it was a reset, do not trust the mean.",
                    timeline.names[name].name,
                    cut->count == 1 ? "one window is" : fmt::format("{} windows are", cut->count),
                    format_si(to_seconds(cut->longest_ns), "s", 3), to_seconds(first->time.begin_ns),
                    format_si(to_seconds(cut->shortest_ns), "s", 3)));
  }
}

void find_in_useful(const Measurement& m, const UsefulEventReport& useful, Findings& findings) {
  if (m.timeline.names.empty()) return;
  if (!useful.name) {
    findings.info("no_useful_event",
                  "No event is named as the useful one, so there is no energy per useful event.",
                  "Name it with --useful NAME.");
  } else if (useful.count > 0 && useful.n < k_few_useful) {
    findings.warn(
        "few_useful_events",
        fmt::format("Only {} of '{}': the energy per useful event will change from one recording to the "
                    "next. Record longer.",
                    format_count(useful.n, "window"), *useful.name));
  }
}

}  // namespace

std::vector<Finding> findings_of(const CaptureInfo& info, const Measurement& m, const Report& report,
                                 const std::vector<EventResult>& results,
                                 const std::vector<MetadataItem>& metadata) {
  Findings findings;
  find_in_supply(info, m, findings);
  find_in_shunt(metadata, findings);
  find_in_voltage(report, metadata, findings);
  if (auto finding = finding_in_signs(report)) findings.add(std::move(*finding));
  find_in_output(metadata, findings);
  find_in_recording(info, m, findings);
  find_in_clipping(m, findings);
  find_in_damage(report.quality, findings);
  find_in_faults(report.quality, findings);
  find_in_markers(report.markers, findings);
  find_in_doubts(m, findings);
  find_in_noise(m, findings);
  find_in_idle(m, findings);
  find_in_ending(report.capture.end_reason, findings);
  find_in_lengths(m, findings);
  for (std::size_t name = 0; name < results.size(); ++name)
    find_in_event(results[name], m.plans[name], m.sampling.interval_s, findings);
  for (const EventResult& result : results) {
    if (!m.goes_on) find_in_missing(result.report, report.useful_event, findings);  // else it may yet come
  }
  if (!results.empty() && report.idle.time_s == 0) {
    findings.warn("no_idle", "There is no idle time outside the events, so net energy cannot be told.");
  }
  find_in_useful(m, report.useful_event, findings);
  return findings.take();
}

}  // namespace joulemark
