// SPDX-License-Identifier: Apache-2.0
// Packets of a Monsoon to samples, on one core: full packets with their share of calibration, main current
// and voltage, with and without a marker.
#include <analysis/model/null_sink.h>

#include <drivers/monsoon/decoder.h>

#include <benchmark/benchmark.h>

#include <array>
#include <random>
#include <vector>

namespace joulemark::monsoon {
namespace {

// Has the samples made, and keeps nothing.
class Consumer final : public NullSink {
 public:
  using NullSink::accept;
  Status accept(const SampleBlock& block) override {
    benchmark::DoNotOptimize(block.values.data());
    return {};
  }
  Status end(EndReason) override { return {}; }
};

using Bytes = std::array<std::byte, k_packet_bytes>;

void put(Bytes& packet, int observation, int word, int value) {
  const std::size_t at = k_header_bytes + k_observation_bytes * static_cast<std::size_t>(observation) +
                         2 * static_cast<std::size_t>(word);
  packet[at] = std::byte(value >> 8);
  packet[at + 1] = std::byte(value);
}

// 25 s: twenty times the calibration interval of 6250 slots, of which five zeros and five references.
std::vector<Bytes> make_packets() {
  std::mt19937 random(1);
  std::vector<Bytes> packets(125'000 / 3);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    Bytes& packet = packets[i];
    packet[2] = std::byte(0x20 | (i & 0x0F));
    packet[3] = std::byte{3};
    for (int j = 0; j < 3; ++j) {
      const std::size_t slot = 3 * i + static_cast<std::size_t>(j);
      const std::size_t within = slot % 6250;
      const bool high = slot / 250 % 4 == 0;  // in the coarse range, with the marker
      const int type = within < 5 ? 0x10 : within < 10 ? 0x30 : 0x00;
      const int noise = static_cast<int>(random() & 7);
      for (int word = 0; word < 6; ++word)
        put(packet, j, word, (type == 0x10 ? 2000 : type == 0x30 ? 60000 : high ? 65000 : 20000) + noise);
      put(packet, j, 6, 13200 + noise);
      put(packet, j, 7, high ? 26400 : 0);
      packet[k_header_bytes + k_observation_bytes * static_cast<std::size_t>(j) + 17] = std::byte(type | 2);
    }
  }
  return packets;
}

void decode(benchmark::State& state, const DecoderSetup& setup) {
  const std::vector<Bytes> packets = make_packets();
  Consumer sink;
  for (auto _ : state) {
    Decoder decoder(setup, sink);
    TimeNs arrival_ns = 0;
    for (const Bytes& packet : packets) {
      if (!decoder.accept(packet, arrival_ns += 600'000)) state.SkipWithError("refused");
    }
    if (!decoder.finish()) state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packets.size()) * 3);
}

DecoderSetup main_only() {
  HvpmMemory memory;
  memory.rails.fill({36500, 6400, 15, -12});
  return {scale_of(memory), {Column::main_current, Column::main_voltage}, std::nullopt};
}

void BM_MonsoonDecode(benchmark::State& state) {
  decode(state, main_only());
}
BENCHMARK(BM_MonsoonDecode);

void BM_MonsoonDecodeWithMarker(benchmark::State& state) {
  DecoderSetup setup = main_only();
  setup.marker = MarkerSetup{MarkerSetup::Source::usb_voltage, 13200, 10800};
  decode(state, setup);
}
BENCHMARK(BM_MonsoonDecodeWithMarker);

void BM_MonsoonDecodeAllChannels(benchmark::State& state) {
  DecoderSetup setup = main_only();
  setup.columns = {Column::main_current, Column::main_voltage, Column::usb_current, Column::usb_voltage,
                   Column::aux_current};
  decode(state, setup);
}
BENCHMARK(BM_MonsoonDecodeAllChannels);

}  // namespace
}  // namespace joulemark::monsoon
