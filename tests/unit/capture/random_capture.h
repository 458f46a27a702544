// SPDX-License-Identifier: Apache-2.0
// Captures made from a seed, fed alike to the file writer and to the brute-force yardstick.
#pragma once

#include <analysis/model/sample_sink.h>

#include <cstdint>
#include <random>
#include <vector>

namespace joulemark::test {

struct RandomShape {
  double current_rate_hz = 100'000;
  bool current_timed = false;
  double voltage_rate_hz = 0;  // 0: no voltage channel, 3 V assumed
  bool voltage_timed = false;
  std::int64_t samples = 100'000;  // of current
  double gap_chance = 0;           // per piece
  bool voltage_last = false;       // all current first
};

[[nodiscard]] CaptureInfo random_info(const RandomShape& shape);

// Feeds the samples in pieces of random length. The same seed gives the same capture. The sinks' Errors fail
// the test.
void feed_random(const RandomShape& shape, std::uint64_t seed, SampleSink& sink);

// Windows of all lengths over the range and somewhat beyond, sorted by begin; some on the sample grid.
[[nodiscard]] std::vector<TimeRange> random_windows(TimeRange range, double rate_hz, std::size_t count,
                                                    std::uint64_t seed);

}  // namespace joulemark::test
