// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/stats.h>
#include <analysis/capture/summary_builder.h>

#include <cstdint>
#include <span>
#include <vector>

namespace joulemark::capture {

// Cuts one channel's samples into blocks and summary levels. T is float for stored channels; double for
// derived power, whose samples are not stored.
template <typename T>
class BlockBuilder {
 public:
  BlockBuilder(std::uint32_t channel, bool timed, Compression compression, RowSink sink, RowIds& ids);

  // Indices (and stamps) only rise.
  void add(std::int64_t first_index, std::span<const T> values, std::span<const TimeNs> stamps_ns);

  // Writes the unfinished block and summary rows as they are now; more may follow.
  void flush();

 private:
  void extend(std::span<const T> values, std::span<const TimeNs> stamps_ns);
  void summarize(std::int64_t first_index, std::span<const T> values, std::span<const TimeNs> stamps_ns);
  void integrate(std::span<const T> values, std::span<const TimeNs> stamps_ns);
  void write(std::span<const T> values, std::span<const TimeNs> stamps_ns);
  void close();

  std::uint32_t channel_;
  bool timed_;
  Compression compression_;
  RowSink sink_;
  RowIds* ids_;
  SummaryBuilder summaries_;
  BlockRow row_;  // count 0: none open
  Stats stats_;
  std::vector<T> values_;  // of the open block, unless it came in one piece
  std::vector<TimeNs> stamps_ns_;
  bool any_ = false;
  bool changed_ = false;
};

extern template class BlockBuilder<float>;
extern template class BlockBuilder<double>;

}  // namespace joulemark::capture
