// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/channel.h>
#include <analysis/model/time.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace joulemark::capture {

// Which voltage sample is nearest in time to each current sample: by the start of their intervals, a tie
// going to the earlier one. Both come in order. Power, unscaled, is stored current x stored voltage.
class VoltageTrack {
 public:
  VoltageTrack(const Channel& current, const Channel& voltage);

  // More voltage samples, in order; stamps for a timed channel.
  void add(std::int64_t first_index, std::span<const float> values, std::span<const TimeNs> stamps_ns);
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  [[nodiscard]] std::size_t size() const { return keys_.size() - at_; }
  void clear();

  // How many of the leading current samples no later voltage sample can be nearer to.
  [[nodiscard]] std::size_t settled(std::int64_t first_index, std::size_t count,
                                    std::span<const TimeNs> stamps_ns) const;

  // out[i] = values[i] x its voltage; at least one voltage sample is there. Current samples come in order
  // from call to call, and voltage that none of them will need again is forgotten.
  void multiply(std::int64_t first_index, std::span<const float> values, std::span<const TimeNs> stamps_ns,
                std::span<double> out);

 private:
  [[nodiscard]] std::int64_t key_of(std::int64_t index, std::span<const TimeNs> stamps_ns,
                                    std::size_t i) const;
  void advance(std::int64_t key);

  SampleGrid current_grid_;
  SampleGrid voltage_grid_;
  bool current_timed_;
  bool voltage_timed_;
  TimeNs current_lead_ns_;
  TimeNs voltage_lead_ns_;
  bool same_grid_;                  // keys are indices, else starts of intervals in ns
  std::vector<std::int64_t> keys_;  // rising
  std::vector<float> values_;
  std::size_t at_ = 0;  // nearest to the last current sample
};

}  // namespace joulemark::capture
