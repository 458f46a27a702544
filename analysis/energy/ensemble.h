// SPDX-License-Identifier: Apache-2.0
// All events of a name laid over each other on the edge that begins them.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace joulemark {

struct FoldOptions {
  ChannelId channel = k_power;  // or k_current
  std::size_t most_bins = 240;  // fewer where samples are further apart
  double margin = 0.25;         // before and after, in median lengths
  // Beyond this many values (events x bins) an even choice of the events is folded.
  std::size_t most_values = 24'000'000;
};

struct FoldedEvent {
  std::size_t event = 0;  // its place in what was given
  double distance = 0;    // root mean square, over the bins it has, of (value - median) / spread of the bin
};

// Bin k covers [begin_ns + k x bin_ns, begin_ns + (k + 1) x bin_ns) after an event's begin; each value is the
// mean over that stretch, integrated from the samples with fractional ends. An event is folded when its
// window was recorded whole, as far as bins reach; a bin elsewhere, in the margins, is of those events alone
// that have all of it: the first event of a recording may have no margin before it, the last one none after.
struct Ensemble {
  TimeNs begin_ns = 0;  // negative: before the marker
  TimeNs bin_ns = 0;
  TimeNs median_length_ns = 0;
  std::vector<double> p05;  // SI, one a bin; NaN where no event has it
  std::vector<double> median;
  std::vector<double> p95;
  std::vector<FoldedEvent> by_distance;  // the oddest first
  std::int64_t folded = 0;
  std::int64_t cut_margins = 0;  // of those: not all of the margins was recorded
  std::int64_t left_out = 0;     // samples were lost, or the recording ends, within their windows
  std::int64_t not_taken = 0;    // for want of memory, see most_values
};

// Reads each event's samples once. Errors: inadequate when nothing can be folded; the source's own.
[[nodiscard]] Result<Ensemble> fold_events(SampleSource& source, std::span<const TimeRange> events,
                                           const FoldOptions& options);

}  // namespace joulemark
