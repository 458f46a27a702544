// SPDX-License-Identifier: GPL-3.0-or-later
// What a waveform is drawn from: a capture file, or the newest part of a recording under way.
#pragma once

#include <analysis/model/sample_source.h>

#include <app/models/lane_index.h>

#include <algorithm>
#include <string>
#include <vector>

namespace joulemark {

// All calls from the window's thread; each costs O(columns). What cannot be read is drawn as nothing, and
// trouble() says why.
class WaveSource {
 public:
  WaveSource() = default;
  WaveSource(const WaveSource&) = delete;
  WaveSource& operator=(const WaveSource&) = delete;
  virtual ~WaveSource() = default;

  [[nodiscard]] virtual const CaptureInfo& info() const = 0;
  [[nodiscard]] virtual TimeRange extent() const = 0;
  // Whether there is anything of this quantity (current, power, voltage) to draw.
  [[nodiscard]] virtual bool has(Quantity quantity) const = 0;
  [[nodiscard]] virtual std::vector<ViewColumn> columns(Quantity quantity, TimeRange range,
                                                        std::size_t count) = 0;
  // Of the k_most_lanes lines from first on, a multiple of so many.
  [[nodiscard]] virtual std::vector<LaneColumn> lanes(std::size_t first, TimeRange range,
                                                      std::size_t count) = 0;
  // Stretches without samples, in order, to be hatched.
  [[nodiscard]] virtual const std::vector<TimeRange>& gaps() const = 0;
  // What one sample interval of the primary channel lasts; 1 us when unknown.
  [[nodiscard]] TimeNs interval_ns() const {
    const auto primary = primary_channel(info());
    const double interval_s = primary ? info().channels[primary->value].interval_s() : 0;
    return interval_s > 0 ? std::max<TimeNs>(1, from_seconds(interval_s)) : 1000;
  }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 protected:
  std::string trouble_;
};

}  // namespace joulemark
