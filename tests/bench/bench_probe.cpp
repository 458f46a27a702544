// SPDX-License-Identifier: Apache-2.0
// The probe's bytes to samples and edges, on one core: frames as the firmware makes them, 16 conversions
// each, four edges to every one of them, and a status a second.
#include <analysis/model/null_sink.h>

#include <drivers/probe/decoder.h>

#include <benchmark/benchmark.h>

#include <array>
#include <vector>

namespace joulemark::probe {
namespace {

// Counts what comes, and keeps nothing.
class Counter final : public NullSink {
 public:
  using NullSink::accept;
  Status accept(const SampleBlock& block) override {
    benchmark::DoNotOptimize(block.values.data());
    samples += static_cast<std::int64_t>(block.values.size());
    return {};
  }
  Status accept(const Edge&) override {
    ++edges;
    return {};
  }
  Status accept(const Anomaly&) override {
    ++anomalies;
    return {};
  }

  std::int64_t samples = 0;
  std::int64_t edges = 0;
  std::int64_t anomalies = 0;
};

constexpr std::uint32_t k_frames = 10'000;
constexpr std::uint32_t k_period_ticks = 1064;

Setup make_setup() {
  Setup setup;
  setup.hello.facts.tick_hz = 2'000'000;
  setup.hello.facts.watched = 0x7F;
  setup.hello.channels = {{JM_WIRE_SHUNT_VOLTAGE, 10'000, -32'767, 32'767, 532'000, 400}};
  setup.hello.lines.assign(7, {JM_WIRE_LINE_INTERRUPT, 10, 5});
  setup.aperture_s = setup.period_s = {532e-6, Provenance::measured};
  setup.clocked = true;
  return setup;
}

class Stream {
 public:
  Stream() {
    for (std::uint32_t frame = 0; frame < k_frames; ++frame) {
      put_samples(16 * frame);
      put_edges(4 * frame, std::uint64_t{16} * frame * k_period_ticks);
      if (frame % 118 == 0) put_status(std::uint64_t{16} * frame * k_period_ticks);
    }
  }

  std::vector<std::byte> bytes;

 private:
  template <typename Fill>
  void put(std::uint8_t type, Fill fill) {
    std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
    jm_wire_encoder encoder;
    jm_wire_begin(&encoder, line.data(), line.size(), type, sequence_++);
    fill(encoder);
    const auto* begin = reinterpret_cast<const std::byte*>(line.data());
    bytes.insert(bytes.end(), begin, begin + jm_wire_end(&encoder));
  }
  void put_samples(std::uint32_t first) {
    put(JM_WIRE_SAMPLES, [&](jm_wire_encoder& encoder) {
      jm_wire_samples head{};
      head.first = first;
      head.time = jm_wire_time_of(std::uint64_t{first + 1} * k_period_ticks);
      head.channels = 1;
      jm_wire_put_samples(&encoder, &head);
      jm_wire_put_u32(&encoder, 532'000);
      jm_wire_put_run(&encoder, 16, JM_WIRE_SAMPLE_BYTES(1));
      for (std::uint32_t i = 0; i < 16; ++i) {
        jm_wire_put_u16(&encoder, static_cast<std::uint16_t>(i == 0 ? 0 : k_period_ticks));
        jm_wire_put_u16(&encoder, static_cast<std::uint16_t>((first + i) * 37 % 30'000));
      }
    });
  }
  void put_edges(std::uint32_t first, std::uint64_t ticks) {
    put(JM_WIRE_EDGES, [&](jm_wire_encoder& encoder) {
      const jm_wire_edges head{first, jm_wire_time_of(ticks), 0, 0, nullptr};
      jm_wire_put_edges(&encoder, &head);
      jm_wire_put_run(&encoder, 4, JM_WIRE_EDGE_BYTES);
      for (std::uint32_t i = 0; i < 4; ++i)
        jm_wire_put_edge(&encoder, 0, i % 2 == 0, static_cast<std::uint32_t>(ticks + 100 * i));
    });
  }
  void put_status(std::uint64_t ticks) {
    put(JM_WIRE_STATUS, [&](jm_wire_encoder& encoder) {
      jm_wire_status status{};
      status.time = jm_wire_time_of(ticks);
      status.state = JM_WIRE_SAMPLING;
      jm_wire_put_status(&encoder, &status);
      for (int i = 0; i < JM_WIRE_COUNTS; ++i)
        jm_wire_put_u32(&encoder, 0);
    });
  }

  std::uint8_t sequence_ = 0;
};

void BM_ProbeDecode(benchmark::State& state) {
  const Stream stream;
  const Setup setup = make_setup();
  for (auto _ : state) {
    Counter sink;
    Decoder decoder(setup, sink);
    for (std::span<const std::byte> left(stream.bytes); !left.empty();) {
      const std::size_t piece = std::min<std::size_t>(4096, left.size());
      if (!decoder.accept(left.first(piece))) state.SkipWithError("refused");
      left = left.subspan(piece);
    }
    if (!decoder.finish(std::nullopt)) state.SkipWithError("refused");
    if (sink.samples != 16 * k_frames || sink.edges != 4 * k_frames || sink.anomalies != 0)
      state.SkipWithError("not what was sent");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.bytes.size()));
}
BENCHMARK(BM_ProbeDecode);

}  // namespace
}  // namespace joulemark::probe
