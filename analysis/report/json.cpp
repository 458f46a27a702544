// SPDX-License-Identifier: Apache-2.0
#include <analysis/report/json.h>
#include <analysis/report/utc.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace joulemark {
namespace {

// Keys in the order they are written: a report reads from the top.
using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json maybe(const std::optional<double>& value) {
  return value ? number(*value) : Json(nullptr);
}

Json maybe(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return Json::array({number(interval->low), number(interval->high)});
}

Json maybe(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

Json stats(const Stats& s) {
  return {{"mean", maybe(s.mean)},
          {"median", maybe(s.median)},
          {"stddev", maybe(s.stddev)},
          {"min", maybe(s.min)},
          {"p05", maybe(s.p05)},
          {"p95", maybe(s.p95)},
          {"max", maybe(s.max)},
          {"ci95", maybe(s.ci95)},
          {"measurement_ci95", maybe(s.measurement_ci95)},
          {"n", s.n}};
}

Json channel(const ChannelReport& c) {
  return {{"id", c.id},
          {"quantity", name_of(c.quantity)},
          {"rate_hz", maybe(c.rate_hz)},
          {"samples", c.samples},
          {"lost_samples", c.lost_samples},
          {"dead_time_s", maybe(c.dead_time_s)},
          {"aperture_s", maybe(c.aperture_s)}};
}

Json instrument(const InstrumentIdentity& i) {
  return {{"uri", i.uri},       {"vendor", i.vendor},     {"model", i.model},
          {"serial", i.serial}, {"firmware", i.firmware}, {"calibration", i.calibration}};
}

Json capture(const CaptureReport& c) {
  Json channels = Json::array();
  for (const ChannelReport& each : c.channels)
    channels.push_back(channel(each));
  Json started_at = nullptr;
  if (c.started_at_utc_ns) started_at = format_utc(*c.started_at_utc_ns);
  return {{"id", c.id},
          {"file", c.file.empty() ? Json(nullptr) : Json(c.file)},
          {"sha256", maybe(c.sha256)},
          {"started_at", started_at},
          {"duration_s", number(c.duration_s)},
          {"end_reason", name_of(c.end_reason)},
          {"instrument", instrument(c.instrument)},
          {"voltage_basis", name_of(c.voltage_basis)},
          {"supply_voltage_v", maybe(c.supply_voltage_v)},
          {"channels", channels},
          {"sample_rate_hz", maybe(c.primary.rate_hz)},
          {"samples", c.primary.samples},
          {"lost_samples", c.primary.lost_samples},
          {"lost_s", number(c.lost_s)},
          {"dead_time_s", maybe(c.primary.dead_time_s)}};
}

Json quality(const QualityReport& q) {
  Json anomalies = Json::array();
  for (const AnomalyGroup& group : q.anomalies) {
    anomalies.push_back({{"kind", name_of(group.kind)},
                         {"severity", name_of(group.severity)},
                         {"count", group.count},
                         {"message", group.message}});
  }
  return {{"grade", name_of(q.grade)}, {"anomalies", anomalies}};
}

Json adequacy(const Adequacy& a) {
  return {{"grade", name_of(a.grade)}, {"bound_rel", maybe(a.bound_rel)}, {"reasons", a.reasons}};
}

Json event(const EventReport& e) {
  return {{"name", e.name},
          {"count", e.count},
          {"repeat", e.repeat},
          {"method", name_of(e.method)},
          {"guard_s", number(e.guard_s)},
          {"energy_left_out", e.energy_left_out},
          {"energy_j", stats(e.energy_j)},
          {"net_energy_j", stats(e.net_energy_j)},
          {"net_baseline", "idle_mean"},
          {"outside_marker_j", stats(e.outside_marker_j)},
          {"charge_c", stats(e.charge_c)},
          {"latency_s", stats(e.latency_s)},
          {"power_w", stats(e.power_w)},
          {"peak_current_a", stats(e.peak_current_a)},
          {"adequacy", adequacy(e.adequacy)},
          {"flags", e.flags},
          {"uncertainty",
           {{"type_a_rel", maybe(e.uncertainty.type_a_rel)},
            {"type_b_rel", maybe(e.uncertainty.type_b_rel)},
            {"expanded_rel", maybe(e.uncertainty.expanded_rel)}}}};
}

Json idle(const IdleReport& i) {
  return {{"time_s", number(i.time_s)},
          {"power_w", stats(i.power_w)},
          {"current_a", stats(i.current_a)},
          {"floor_current_a", maybe(i.floor_current_a)},
          {"floor_is_upper_bound", i.floor_is_upper_bound ? Json(*i.floor_is_upper_bound) : Json(nullptr)},
          {"floor_window_s", maybe(i.floor_window_s)}};
}

Json useful_event(const UsefulEventReport& u) {
  Json shares = Json::object();
  for (const Share& share : u.shares)
    shares[share.name] = number(share.fraction);
  return {{"name", maybe(u.name)},
          {"count", u.count},
          {"energy_j", {{"mean", maybe(u.energy_j)}, {"ci95", maybe(u.ci95)}, {"n", u.n}}},
          {"shares", shares}};
}

Json markers(const MarkersReport& m) {
  Json lines = Json::array();
  for (const LineReport& line : m.lines) {
    lines.push_back({{"id", fmt::format("d{}", line.line.value)},
                     {"edges", line.edges},
                     {"ignored_edges", line.ignored_edges}});
  }
  return {{"hold_s", number(m.hold_s)}, {"lines", lines}};
}

Json total(const TotalReport& t) {
  return {{"energy_j", maybe(t.energy_j)},
          {"charge_c", maybe(t.charge_c)},
          {"mean_power_w", maybe(t.mean_power_w)},
          {"mean_current_a", maybe(t.mean_current_a)}};
}

Json findings(const std::vector<Finding>& list) {
  Json array = Json::array();
  for (const Finding& finding : list) {
    array.push_back({{"code", finding.code},
                     {"severity", name_of(finding.severity)},
                     {"message", whole_message(finding)}});
  }
  return array;
}

}  // namespace

std::string to_json(const Report& report) {
  Json events = Json::array();
  for (const EventReport& each : report.events)
    events.push_back(event(each));
  const Json json{{"schema_version", "1"},
                  {"tool", {{"name", report.tool.name}, {"version", report.tool.version}}},
                  {"capture", capture(report.capture)},
                  {"quality", quality(report.quality)},
                  {"total", total(report.total)},
                  {"markers", markers(report.markers)},
                  {"events", events},
                  {"idle", idle(report.idle)},
                  {"useful_event", useful_event(report.useful_event)},
                  {"states", Json::array()},
                  {"projection", nullptr},
                  {"footprint", nullptr},
                  {"clock", nullptr},
                  {"findings", findings(report.findings)}};
  // Text from files may be any bytes: what is no UTF-8 is replaced, never thrown at the user.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace joulemark
