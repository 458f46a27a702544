// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/block_builder.h>
#include <analysis/capture/voltage_track.h>

#include <cstdint>
#include <deque>
#include <vector>

namespace joulemark::capture {

// Blocks and summary levels of derived power, from current and voltage samples that arrive in any mixture: a
// current sample waits until the voltage has passed it.
class PowerBuilder {
 public:
  // Waiting samples are bounded: beyond most_waiting it gives up (see behind()).
  static constexpr std::size_t k_most_waiting = std::size_t{1} << 21;

  PowerBuilder(const Channel& current, const Channel& voltage, RowSink sink, RowIds& ids);

  void add_current(std::int64_t first_index, std::span<const float> values,
                   std::span<const TimeNs> stamps_ns);
  void add_voltage(std::int64_t first_index, std::span<const float> values,
                   std::span<const TimeNs> stamps_ns);

  void flush() { blocks_.flush(); }
  // No voltage follows: what waits gets the last one. Without any voltage there is no power.
  void finish();

  // One channel ran so far ahead of the other that power rows end here; they are made from the file
  // afterwards.
  [[nodiscard]] bool behind() const { return behind_; }

 private:
  struct Waiting {
    std::int64_t first_index = 0;
    std::vector<float> values;
    std::vector<TimeNs> stamps_ns;
  };

  void settle(bool all);
  void emit(std::int64_t first_index, std::span<const float> values, std::span<const TimeNs> stamps_ns);
  void check_waiting();

  VoltageTrack voltage_;
  BlockBuilder<double> blocks_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_samples_ = 0;
  std::vector<double> products_;
  bool behind_ = false;
};

}  // namespace joulemark::capture
