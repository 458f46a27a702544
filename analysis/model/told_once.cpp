// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/told_once.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace joulemark {
namespace {

struct Trouble {
  Anomaly anomaly;                  // as the first channel has it
  std::vector<ChannelId> channels;  // none: the whole capture, or a line
};

std::vector<Trouble> troubles_of(std::span<const Anomaly> anomalies) {
  using Key = std::tuple<AnomalyKind, Severity, TimeNs, TimeNs, std::int64_t, std::string_view>;
  std::map<Key, std::size_t> firsts;
  std::vector<Trouble> troubles;
  for (const Anomaly& a : anomalies) {
    if (!a.channel) {
      troubles.push_back({a, {}});
      continue;
    }
    const Key key{a.kind, a.severity, a.time.begin_ns, a.time.end_ns, a.count, a.message};
    const auto [first, is_new] = firsts.try_emplace(key, troubles.size());
    if (is_new || troubles[first->second].channels.front() == *a.channel) {
      troubles.push_back({a, {*a.channel}});
      continue;
    }
    std::vector<ChannelId>& channels = troubles[first->second].channels;
    if (std::ranges::find(channels, *a.channel) == channels.end()) channels.push_back(*a.channel);
  }
  return troubles;
}

std::string names_of(const std::vector<ChannelId>& channels, std::span<const std::string> all) {
  std::string names;
  for (const ChannelId channel : channels) {
    if (channel.value < all.size()) names += (names.empty() ? "" : ", ") + all[channel.value];
  }
  return names;
}

}  // namespace

std::vector<std::string> channel_names(const CaptureInfo& info) {
  std::vector<std::string> names;
  for (const Channel& channel : info.channels)
    names.push_back(channel.name);
  return names;
}

std::vector<Anomaly> told_once(std::span<const Anomaly> anomalies,
                               std::span<const std::string> channel_names) {
  std::vector<Anomaly> told;
  for (Trouble& trouble : troubles_of(anomalies)) {
    const std::string names = names_of(trouble.channels, channel_names);
    if (channel_names.size() > 1 && !names.empty()) trouble.anomaly.message += " (" + names + ")";
    told.push_back(std::move(trouble.anomaly));
  }
  return told;
}

}  // namespace joulemark
