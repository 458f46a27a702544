// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/stretches.h>
#include <analysis/model/units.h>
#include <analysis/timing/unobserved.h>

#include <fmt/format.h>

#include <utility>

namespace joulemark {

Result<std::vector<TimeRange>> unobserved_stretches(SampleSource& source) {
  JM_TRY_ASSIGN(const std::vector<Anomaly> anomalies, source.anomalies());
  std::vector<TimeRange> stretches;
  for (const Anomaly& anomaly : anomalies) {
    if (anomaly.kind == AnomalyKind::lost_edges && !anomaly.time.empty()) stretches.push_back(anomaly.time);
  }
  return merge_stretches(std::move(stretches));
}

void leave_out_unobserved(const std::vector<TimeRange>& stretches, Timeline& timeline) {
  if (stretches.empty()) return;
  std::vector<std::vector<TimeRange>> out(timeline.names.size());
  std::erase_if(timeline.events, [&](const Event& event) {
    if (!touches(stretches, event.time)) return false;
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
