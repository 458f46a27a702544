// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/watched_source.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr std::size_t k_windows_at_once = 2048;

}  // namespace

Status WatchedSource::go_on() const {
  if (stop_.stop_requested()) return fail(ErrorCode::io, k_cancelled);
  return {};
}

Status WatchedSource::read(ChannelId channel, IndexRange range, const BlockVisitor& visit) {
  return source_.read(channel, range, [&](const SampleBlock& block) -> Status {
    JM_TRY(go_on());
    return visit(block);
  });
}

Result<Summary> WatchedSource::summarize(ChannelId channel, IndexRange range) {
  JM_TRY(go_on());
  return source_.summarize(channel, range);
}

Result<std::vector<Integral>> WatchedSource::integrals(ChannelId channel, std::span<const TimeRange> windows,
                                                       Boundary boundary) {
  std::vector<Integral> all;
  all.reserve(windows.size());
  for (std::size_t first = 0; first < windows.size(); first += k_windows_at_once) {
    JM_TRY(go_on());
    const auto some = windows.subspan(first, std::min(k_windows_at_once, windows.size() - first));
    JM_TRY_ASSIGN(const std::vector<Integral> found, source_.integrals(channel, some, boundary));
    all.insert(all.end(), found.begin(), found.end());
    if (progress_) progress_(static_cast<double>(all.size()) / static_cast<double>(windows.size()));
  }
  return all;
}

Result<std::vector<ViewColumn>> WatchedSource::view(ChannelId channel, TimeRange range, std::size_t columns) {
  JM_TRY(go_on());
  return source_.view(channel, range, columns);
}

Status WatchedSource::edges(TimeRange range, const EdgeVisitor& visit) {
  return source_.edges(range, [&](std::span<const Edge> some) -> Status {
    JM_TRY(go_on());
    return visit(some);
  });
}

}  // namespace joulemark
