// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/sample_feed.h>
#include <analysis/model/channel.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace joulemark {

// Energies per interval of one channel on their way to a sink. What no power monitor can have given, NaN or
// more than a kilowatt either way, is left out with its index unused, and counted in an Anomaly.
class EnergyFeed {
 public:
  EnergyFeed(SampleSink& sink, ChannelId id, const Channel& channel)
      : sink_(sink),
        feed_(sink, id),
        invalid_(AnomalyKind::invalid_value, Severity::data_loss, id),
        rate_hz_(channel.rate_hz),
        most_(k_most_power_w / channel.rate_hz / channel.scale) {}

  // stored: before scale. place names the sample for a person, see AnomalyTally.
  template <typename Place>
  [[nodiscard]] Status add(std::int64_t index, double stored, Place place) {
    if (std::abs(stored) <= most_ && std::abs(stored) <= k_float_max) {
      any_ = true;
      return feed_.add(index, static_cast<float>(stored));
    }
    invalid_.add(from_seconds(std::min(static_cast<double>(index) / rate_hz_, 9e9)), index, place);
    return {};
  }

  [[nodiscard]] Status finish() {
    JM_TRY(feed_.flush());
    return invalid_.report(sink_,
                           "[sample that is not a number or beyond 1 kW was|samples that are not numbers or "
                           "beyond 1 kW were] left out");
  }

  [[nodiscard]] bool any() const { return any_; }

 private:
  static constexpr double k_most_power_w = 1000;
  static constexpr double k_float_max = static_cast<double>(std::numeric_limits<float>::max());

  SampleSink& sink_;
  SampleFeed feed_;
  AnomalyTally invalid_;
  double rate_hz_;
  double most_;
  bool any_ = false;
};

}  // namespace joulemark
