// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/saved_windows.h>

#include <algorithm>
#include <map>
#include <utility>

namespace joulemark {

std::vector<NamedWindow> saved_windows(std::span<const Marker> markers) {
  std::vector<Marker> sorted(markers.begin(), markers.end());
  std::erase_if(sorted, [](const Marker& marker) { return marker.source != MarkerSource::person; });
  std::ranges::stable_sort(sorted, {}, [](const Marker& marker) {  // one window may begin where another ends
    return std::pair(marker.time_ns, marker.kind == MarkerKind::begin);
  });
  std::map<std::string, TimeNs> open;
  std::vector<NamedWindow> windows;
  for (const Marker& marker : sorted) {
    if (marker.kind == MarkerKind::begin) open.insert_or_assign(marker.name, marker.time_ns);
    if (marker.kind != MarkerKind::end) continue;
    const auto begin = open.find(marker.name);
    if (begin == open.end()) continue;
    if (marker.time_ns > begin->second) windows.push_back({marker.name, {begin->second, marker.time_ns}});
    open.erase(begin);
  }
  std::ranges::stable_sort(windows, {}, [](const NamedWindow& window) { return window.time.begin_ns; });
  return windows;
}

std::vector<Marker> markers_of(const NamedWindow& window) {
  return {{window.name, MarkerKind::begin, MarkerSource::person, window.time.begin_ns},
          {window.name, MarkerKind::end, MarkerSource::person, window.time.end_ns}};
}

}  // namespace joulemark
