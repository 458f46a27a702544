// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/told_once.h>

#include <map>
#include <string_view>
#include <tuple>

namespace joulemark {

std::vector<Anomaly> told_once(std::span<const Anomaly> anomalies) {
  using Trouble = std::tuple<AnomalyKind, Severity, TimeNs, TimeNs, std::int64_t, std::string_view>;
  std::map<Trouble, ChannelId> first_channels;
  std::vector<Anomaly> told;
  for (const Anomaly& a : anomalies) {
    if (a.channel) {
      const Trouble trouble{a.kind, a.severity, a.time.begin_ns, a.time.end_ns, a.count, a.message};
      const auto [first, is_new] = first_channels.try_emplace(trouble, *a.channel);
      if (!is_new && first->second != *a.channel) continue;
    }
    told.push_back(a);
  }
  return told;
}

}  // namespace joulemark
