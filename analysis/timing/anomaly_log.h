// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/anomaly.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace joulemark {

// Anomalies of one event or line. The first of each kind are kept one by one; beyond that the last one's
// count and time grow, so that a line gone wild fills neither memory nor screen.
class AnomalyLog {
 public:
  void add(AnomalyKind kind, Severity severity, TimeRange time, std::string message);

  [[nodiscard]] std::vector<Anomaly> take() { return std::move(entries_); }

 private:
  struct OfKind {
    std::size_t kept = 0;
    std::size_t last = 0;  // index into entries_
  };

  std::vector<Anomaly> entries_;
  std::array<OfKind, 32> kinds_{};
};

}  // namespace joulemark
