// SPDX-License-Identifier: Apache-2.0
// A decoder into a capture in memory, fed with packets that arrive on time.
#pragma once

#include <analysis/model/memory_capture.h>

#include <drivers/monsoon/decoder.h>

#include <tests/unit/monsoon/packet_builder.h>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace joulemark::monsoon::test {

inline UnitScale example_scale() {
  HvpmMemory memory;
  memory.rails = {HvpmMemory::RailMemory{36500, 6400, 15, -12}, HvpmMemory::RailMemory{14000, 600, 0, 0},
                  HvpmMemory::RailMemory{3100, 250, 0, 0}};
  return scale_of(memory);
}

// The formula of the documentation, by itself.
inline double expected_ma(double raw, double zero, double reference, double offset, double scale_ma) {
  return (raw - (zero + offset)) * scale_ma / (reference - (zero + offset));
}
inline double fine_ma(double raw) {
  return expected_ma(raw, 2010, 60480, 15, 36.5);
}
inline double coarse_ma(double raw) {
  return expected_ma(raw, 2100, 50120, -12, 6400);
}

struct Bench {
  explicit Bench(std::vector<Column> columns = {Column::main_current, Column::main_voltage},
                 std::optional<MarkerSetup> marker = std::nullopt, UnitScale scale = example_scale())
      : decoder({std::move(scale), columns, marker}, capture) {
    CaptureInfo info;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      Channel channel;
      channel.name = std::string(1, static_cast<char>('a' + i));
      channel.rate_hz = 5000;
      info.channels.push_back(channel);
    }
    info.lines.push_back({LineId{0}, "marker"});
    EXPECT_TRUE(capture.begin(info));
  }

  Status feed(StreamBuilder& stream) {
    for (const auto& packet : stream.packets()) {
      arrival_ns += 600'000;
      JM_TRY(decoder.accept(packet, arrival_ns));
    }
    stream.packets().clear();
    return {};
  }
  void run(StreamBuilder& stream) {
    ASSERT_TRUE(feed(stream));
    ASSERT_TRUE(decoder.finish());
    ASSERT_TRUE(capture.end(EndReason::completed));
  }

  std::vector<std::pair<std::int64_t, double>> samples(std::uint32_t channel = 0) {
    std::vector<std::pair<std::int64_t, double>> all;
    EXPECT_TRUE(capture.read(ChannelId{channel}, {0, 1LL << 60}, [&](const SampleBlock& block) {
      for (std::size_t i = 0; i < block.values.size(); ++i)
        all.emplace_back(block.first_index + static_cast<std::int64_t>(i), block.values[i]);
      return Status();
    }));
    return all;
  }
  std::vector<Anomaly> anomalies(AnomalyKind kind) {
    std::vector<Anomaly> found;
    const auto all = capture.anomalies();
    for (const Anomaly& each : *all)
      if (each.kind == kind && each.channel.value_or(ChannelId{0}) == ChannelId{0}) found.push_back(each);
    return found;
  }
  std::int64_t lost() { return capture.extent(ChannelId{0})->lost_samples; }

  MemoryCapture capture;
  Decoder decoder;
  TimeNs arrival_ns = 0;
};

}  // namespace joulemark::monsoon::test
