// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/quality.h>
#include <analysis/model/lost_samples.h>
#include <analysis/model/told_once.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace joulemark {
namespace {

// Loss below this part of the time, or of the samples, degrades; above it spoils.
constexpr double k_bad_loss = 0.01;

std::optional<double> dead_time_of(const Channel& channel, std::uint32_t id, std::int64_t samples,
                                   const std::vector<Anomaly>& anomalies) {
  double dead_s = channel.dead_time_s.value * static_cast<double>(samples);
  bool known = channel.dead_time_s.known();
  for (const Anomaly& anomaly : anomalies) {
    if (anomaly.kind != AnomalyKind::dead_time || anomaly.channel != ChannelId{id}) continue;
    dead_s +=
        channel.timed ? anomaly.time.seconds() : static_cast<double>(anomaly.count) * channel.interval_s();
    known = true;
  }
  return known ? std::optional(dead_s) : std::nullopt;
}

Result<ChannelReport> describe_channel(SampleSource& source, std::uint32_t id,
                                       const std::vector<Anomaly>& anomalies) {
  const Channel& channel = source.info().channels[id];
  JM_TRY_ASSIGN(const Extent extent, source.extent(ChannelId{id}));
  ChannelReport report;
  report.id = channel.name;
  report.quantity = channel.quantity;
  if (channel.rate_hz > 0) report.rate_hz = channel.rate_hz;
  report.uneven = channel.timed;
  if (channel.timed && extent.time.seconds() > 0) {
    report.rate_hz = static_cast<double>(extent.samples) / extent.time.seconds();
  }
  report.samples = extent.samples;
  report.lost_samples = lost_samples(extent, anomalies, ChannelId{id});
  report.dead_time_s = dead_time_of(channel, id, extent.samples, anomalies);
  if (channel.aperture_s.known()) report.aperture_s = channel.aperture_s.value;
  return report;
}

std::vector<AnomalyGroup> group(const std::vector<Anomaly>& anomalies) {
  std::map<std::pair<AnomalyKind, Severity>, AnomalyGroup> groups;
  std::map<std::pair<AnomalyKind, Severity>, std::int64_t> entries;
  for (const Anomaly& anomaly : anomalies) {
    const std::pair key{anomaly.kind, anomaly.severity};
    AnomalyGroup& of_kind = groups[key];
    of_kind.kind = anomaly.kind;
    of_kind.severity = anomaly.severity;
    of_kind.count += anomaly.count;
    if (entries[key]++ == 0) of_kind.message = anomaly.message;
  }
  std::vector<AnomalyGroup> list;
  for (auto& [key, of_kind] : groups) {
    if (entries[key] > 1) of_kind.message += fmt::format(" (and {} more like it)", entries[key] - 1);
    list.push_back(std::move(of_kind));
  }
  return list;
}

std::vector<std::string> ids_of(const std::vector<ChannelReport>& channels) {
  std::vector<std::string> ids;
  ids.reserve(channels.size());
  for (const ChannelReport& channel : channels)
    ids.push_back(channel.id);
  return ids;
}

// More than a tenth of some event's windows cannot be judged for want of data.
bool windows_spoiled(const std::vector<EventReport>& events, const std::vector<EventRow>& rows) {
  std::vector<std::int64_t> spoiled(events.size());
  for (const EventRow& row : rows)
    spoiled[row.name] += (row.flags & ~k_flag_not_isolated) != 0 ? 1 : 0;
  for (std::size_t name = 0; name < events.size(); ++name) {
    if (spoiled[name] * 10 > events[name].count) return true;
  }
  return false;
}

// Samples may be lost where next to no time is missing: their numbers, or their times, are then wrong.
bool too_much_lost(const CaptureReport& capture) {
  const auto lost = static_cast<double>(capture.primary.lost_samples);
  const double all = lost + static_cast<double>(capture.primary.samples);
  return capture.lost_s > k_bad_loss * capture.duration_s || lost > k_bad_loss * all;
}

}  // namespace

Result<CaptureReport> describe_capture(SampleSource& source, double lost_s) {
  const CaptureInfo& info = source.info();
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(info));
  JM_TRY_ASSIGN(const Extent extent, source.extent(primary));
  JM_TRY_ASSIGN(const std::vector<Anomaly> anomalies, source.anomalies());
  CaptureReport capture;
  capture.id = info.id;
  capture.started_at_utc_ns = info.started_at_utc_ns;
  capture.duration_s = extent.time.seconds();
  capture.end_reason = source.end_reason();
  capture.instrument = info.instrument;
  capture.voltage_basis = voltage_basis(info);
  capture.supply_voltage_v = info.supply.voltage_v;
  capture.lost_s = lost_s;
  for (std::uint32_t id = 0; id < info.channels.size(); ++id) {
    JM_TRY_ASSIGN(ChannelReport channel, describe_channel(source, id, anomalies));
    capture.channels.push_back(std::move(channel));
  }
  capture.primary = capture.channels[primary.value];
  return capture;
}

QualityReport quality_of(const std::vector<Anomaly>& anomalies, const CaptureReport& capture,
                         const std::vector<EventReport>& events, const std::vector<EventRow>& rows) {
  QualityReport quality;
  quality.anomalies = group(anomalies);
  quality.told_once = group(told_once(anomalies, ids_of(capture.channels)));
  const bool doubtful = std::any_of(anomalies.begin(), anomalies.end(),
                                    [](const Anomaly& a) { return a.severity != Severity::info; });
  const bool damaged = std::any_of(anomalies.begin(), anomalies.end(), [](const Anomaly& a) {
    return a.kind == AnomalyKind::damaged && a.severity == Severity::data_loss;
  });
  if (damaged || windows_spoiled(events, rows) || too_much_lost(capture)) {
    quality.grade = QualityGrade::bad;
  } else if (doubtful || capture.primary.lost_samples > 0) {
    quality.grade = QualityGrade::degraded;
  }
  return quality;
}

}  // namespace joulemark
