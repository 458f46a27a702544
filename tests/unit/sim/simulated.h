// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/memory_capture.h>

#include <drivers/sim/settings.h>
#include <drivers/sim/sim_instrument.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

namespace joulemark::sim {

// Settings that run as fast as they can.
inline Settings fast(double rate_hz) {
  Settings settings;
  settings.rate_hz = rate_hz;
  settings.pace = Pace::maximum;
  return settings;
}

inline std::unique_ptr<MemoryCapture> simulate(const Settings& settings, double duration_s,
                                               std::size_t block_samples = 2000) {
  auto capture = std::make_unique<MemoryCapture>();
  SimInstrument instrument("sim:kws", settings, {}, block_samples);
  instrument.expect_end(std::llround(duration_s * settings.rate_hz));
  EXPECT_TRUE(capture->begin(instrument.info()));
  const auto reason = instrument.run(*capture, {});
  EXPECT_TRUE(reason) << reason.error().message;
  EXPECT_TRUE(capture->end(reason.value_or(EndReason::failed)));
  return capture;
}

// The samples of a channel in SI; 0 where they are missing.
inline std::vector<double> samples_of(MemoryCapture& capture, ChannelId channel = ChannelId{0}) {
  const double scale = capture.info().channels.at(channel.value).scale;
  std::vector<double> samples;
  EXPECT_TRUE(capture.read(channel, {0, std::int64_t{1} << 60}, [&](const SampleBlock& block) -> Status {
    samples.resize(static_cast<std::size_t>(block.first_index), 0);
    for (const float value : block.values)
      samples.push_back(scale * static_cast<double>(value));
    return {};
  }));
  return samples;
}

inline std::vector<Edge> edges_of(MemoryCapture& capture) {
  std::vector<Edge> edges;
  EXPECT_TRUE(capture.edges(k_all_time, [&](std::span<const Edge> batch) -> Status {
    edges.insert(edges.end(), batch.begin(), batch.end());
    return {};
  }));
  return edges;
}

}  // namespace joulemark::sim
