// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>
#include <analysis/model/with_count.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace joulemark {

// Many occurrences of one trouble, told as one Anomaly: how many, and where the first one was.
class AnomalyTally {
 public:
  AnomalyTally(AnomalyKind kind, Severity severity, std::optional<ChannelId> channel = std::nullopt) {
    anomaly_.kind = kind;
    anomaly_.severity = severity;
    anomaly_.channel = channel;
    anomaly_.count = 0;
  }

  // place names the first occurrence for a person: "line 17", "byte 4101". Built only when it is needed.
  template <typename Place>
  void add(TimeNs time_ns, std::int64_t index, Place place, std::int64_t count = 1) {
    if (anomaly_.count == 0) {
      first_place_ = place();
      anomaly_.first_index = index;
      anomaly_.time = {time_ns, time_ns};
    }
    anomaly_.time.end_ns = std::max(anomaly_.time.end_ns, time_ns);
    anomaly_.count += count;
  }

  [[nodiscard]] std::int64_t count() const { return anomaly_.count; }
  [[nodiscard]] const std::string& first_place() const { return first_place_; }

  // what "[row is|rows are] odd" is told as "3 rows are odd (first: line 17)", see with_count; nothing when
  // there was no occurrence.
  [[nodiscard]] Status report(SampleSink& sink, const std::string& what) {
    if (anomaly_.count == 0) return {};
    anomaly_.message = with_count("{} " + what, anomaly_.count) + " (first: " + first_place_ + ")";
    return sink.accept(anomaly_);
  }

 private:
  Anomaly anomaly_;
  std::string first_place_;
};

}  // namespace joulemark
