// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/anomaly_log.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr std::size_t k_kept_one_by_one = 100;

}  // namespace

void AnomalyLog::add(AnomalyKind kind, Severity severity, TimeRange time, std::string message) {
  OfKind& of_kind = kinds_[static_cast<std::size_t>(kind)];
  if (of_kind.kept < k_kept_one_by_one) {
    ++of_kind.kept;
    of_kind.last = entries_.size();
    entries_.push_back({kind, severity, {}, time, 0, 1, std::move(message)});
    return;
  }
  Anomaly& last = entries_[of_kind.last];
  ++last.count;
  last.time.end_ns = std::max(last.time.end_ns, time.end_ns);
}

}  // namespace joulemark
