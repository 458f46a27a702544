// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/capture/random_capture.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace joulemark::test {
namespace {

using Random = std::mt19937_64;

double uniform(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

std::int64_t whole(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

struct Piece {
  ChannelId channel;
  std::int64_t first_index = 0;
  std::vector<float> values;
  std::vector<TimeNs> stamps_ns;
  TimeNs time_ns = 0;
};

// The pieces of one channel over a duration.
std::vector<Piece> pieces_of(ChannelId channel, double rate_hz, bool timed, double duration_s,
                             double gap_chance, double level, Random& random) {
  std::vector<Piece> pieces;
  std::int64_t index = gap_chance > 0 ? whole(random, 0, 3) : 0;
  TimeNs stamp_ns = from_seconds(static_cast<double>(index) / rate_hz);
  while (to_seconds(stamp_ns) < duration_s) {
    Piece piece{channel, index, {}, {}, stamp_ns};
    const std::int64_t longest = whole(random, 0, 9) == 0 ? 60'000 : 700;
    for (std::int64_t left = whole(random, 1, longest); left > 0 && to_seconds(stamp_ns) < duration_s;
         --left) {
      piece.values.push_back(static_cast<float>(level * uniform(random, 0.5, 1.5)));
      if (timed) piece.stamps_ns.push_back(stamp_ns);
      ++index;
      const double step = timed ? uniform(random, 0.1, 1.9) / rate_hz : 0;
      stamp_ns =
          timed ? stamp_ns + 1 + from_seconds(step) : from_seconds(static_cast<double>(index) / rate_hz);
    }
    pieces.push_back(std::move(piece));
    if (uniform(random, 0, 1) >= gap_chance) continue;
    const std::int64_t gap = whole(random, 0, 3) == 0 ? whole(random, 1, 40'000) : whole(random, 1, 5);
    index += gap;
    stamp_ns += from_seconds(static_cast<double>(gap) / rate_hz);
  }
  return pieces;
}

}  // namespace

CaptureInfo random_info(const RandomShape& shape) {
  CaptureInfo info;
  info.id = "random";
  Channel current;
  current.name = "test.current";
  current.rate_hz = shape.current_rate_hz;
  current.timed = shape.current_timed;
  current.scale = 1e-3;
  info.channels.push_back(current);
  info.supply = {3.0, VoltageBasis::assumed};
  info.lines = {{LineId{0}, "inference"}, {LineId{3}, ""}};
  if (shape.voltage_rate_hz == 0) return info;
  Channel voltage;
  voltage.name = "test.voltage";
  voltage.quantity = Quantity::voltage;
  voltage.rate_hz = shape.voltage_rate_hz;
  voltage.timed = shape.voltage_timed;
  voltage.start_ns = 1'700;
  voltage.stamp_position = StampPosition::middle;
  info.channels.push_back(voltage);
  return info;
}

void feed_random(const RandomShape& shape, std::uint64_t seed, SampleSink& sink) {
  Random random(seed);
  const double duration_s = static_cast<double>(shape.samples) / shape.current_rate_hz;
  std::vector<Piece> pieces = pieces_of(ChannelId{0}, shape.current_rate_hz, shape.current_timed, duration_s,
                                        shape.gap_chance, 5.0, random);
  if (shape.voltage_rate_hz > 0) {
    std::vector<Piece> voltage = pieces_of(ChannelId{1}, shape.voltage_rate_hz, shape.voltage_timed,
                                           duration_s, shape.gap_chance, 3.0, random);
    pieces.insert(pieces.end(), voltage.begin(), voltage.end());
    if (!shape.voltage_last) {
      std::stable_sort(pieces.begin(), pieces.end(),
                       [](const Piece& a, const Piece& b) { return a.time_ns < b.time_ns; });
    }
  }
  for (const Piece& piece : pieces) {
    const Status taken =
        sink.accept(SampleBlock{piece.channel, piece.first_index, piece.values, piece.stamps_ns});
    ASSERT_TRUE(taken) << taken.error().message;
  }
}

std::vector<TimeRange> random_windows(TimeRange range, double rate_hz, std::size_t count,
                                      std::uint64_t seed) {
  Random random(seed);
  std::vector<TimeRange> windows;
  const double interval_ns = k_ns_per_s / rate_hz;
  for (std::size_t i = 0; i < count; ++i) {
    const double length =
        std::exp(uniform(random, std::log(interval_ns / 4), std::log(range.seconds() * 1.3e9)));
    const double begin =
        static_cast<double>(range.begin_ns) + uniform(random, -0.05, 1.0) * range.seconds() * 1e9;
    TimeRange window{std::llround(begin), std::llround(begin + length)};
    if (i % 4 == 0) {  // on the grid
      window.begin_ns = std::llround(std::round(begin / interval_ns) * interval_ns);
      window.end_ns = std::llround(std::round((begin + length) / interval_ns) * interval_ns);
    }
    windows.push_back(window);
  }
  std::sort(windows.begin(), windows.end(),
            [](const TimeRange& a, const TimeRange& b) { return a.begin_ns < b.begin_ns; });
  return windows;
}

}  // namespace joulemark::test
