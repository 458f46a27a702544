// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>
#include <analysis/timing/unobserved.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark {
namespace {

// stretches: merged, by begin.
bool reaches_into(TimeRange time, const std::vector<TimeRange>& stretches) {
  const auto next = std::ranges::upper_bound(stretches, time.begin_ns, {}, &TimeRange::end_ns);
  return next != stretches.end() && next->begin_ns < time.end_ns;
}

}  // namespace

Result<std::vector<TimeRange>> unobserved_stretches(SampleSource& source) {
  JM_TRY_ASSIGN(const std::vector<Anomaly> anomalies, source.anomalies());
  std::vector<TimeRange> stretches;
  for (const Anomaly& anomaly : anomalies) {
    if (anomaly.kind == AnomalyKind::lost_edges && !anomaly.time.empty()) stretches.push_back(anomaly.time);
  }
  std::ranges::sort(stretches, {}, &TimeRange::begin_ns);
  std::vector<TimeRange> merged;
  for (const TimeRange& stretch : stretches) {
    if (!merged.empty() && stretch.begin_ns <= merged.back().end_ns) {
      merged.back().end_ns = std::max(merged.back().end_ns, stretch.end_ns);
    } else {
      merged.push_back(stretch);
    }
  }
  return merged;
}

void leave_out_unobserved(const std::vector<TimeRange>& stretches, Timeline& timeline) {
  if (stretches.empty()) return;
  std::vector<std::vector<TimeRange>> out(timeline.names.size());
  std::erase_if(timeline.events, [&](const Event& event) {
    if (!reaches_into(event.time, stretches)) return false;
    out[event.name].push_back(event.time);
    timeline.doubts.push_back({event.time, event.name});
    return true;
  });
  for (std::uint32_t name = 0; name < timeline.names.size(); ++name) {
    for (const TimeRange& stretch : stretches)
      timeline.doubts.push_back({stretch, name});
    if (out[name].empty()) continue;
    timeline.anomalies.push_back(
        {AnomalyKind::unpaired_marker,
         Severity::doubtful,
         {},
         {out[name].front().begin_ns, out[name].back().end_ns},
         0,
         static_cast<std::int64_t>(out[name].size()),
         fmt::format("event '{}': {} left out, as edges in between may be lost (the first at {:.6f} s)",
                     timeline.names[name].name,
                     format_count(static_cast<std::int64_t>(out[name].size()), "window"),
                     to_seconds(out[name].front().begin_ns))});
  }
}

}  // namespace joulemark
