// SPDX-License-Identifier: Apache-2.0
// The probe's bytes as the host hears them. Any bytes, and any payloads in sound frames, cut anywhere: no
// crash, and whatever is handed on obeys the sink's contract. And a sound recording, damaged in any way:
// every sample that comes through is one that was sent, in its place.
#include <analysis/model/memory_capture.h>

#include <drivers/probe/decoder.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace joulemark;
using namespace joulemark::probe;

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t k_period_ticks = 1064;

void require(bool condition) {
  if (!condition) std::abort();
}

Setup make_setup(bool clocked) {
  Setup setup;
  jm_wire_hello& facts = setup.hello.facts;
  facts.wire_major = JM_WIRE_MAJOR;
  facts.tick_hz = 2'000'000;
  facts.boot = 1;
  facts.sensor = JM_WIRE_INA219;
  facts.watched = 0x7F;
  setup.hello.channels = {{JM_WIRE_SHUNT_VOLTAGE, 10'000, -32'000, 32'767, 532'000, 400},
                          {JM_WIRE_BUS_VOLTAGE, 4'000'000, 0, 4'000, 532'000, 400}};
  setup.hello.lines.assign(7, {JM_WIRE_LINE_INTERRUPT, 10, 5});
  facts.bus_every = clocked ? 0 : 100;
  setup.aperture_s = {532e-6, Provenance::specified};
  setup.period_s = {532e-6, Provenance::measured};
  setup.bus_s = 532e-6;
  setup.clocked = clocked;
  return setup;
}

class Run {
 public:
  explicit Run(const Setup& setup) : decoder_(begin(setup), capture) {}

  // The sink's contract broken would be a usage error.
  void hear(std::span<const std::byte> bytes) {
    if (const Status status = decoder_.accept(bytes); !status)
      require(status.error().code == ErrorCode::protocol);
  }
  void end() {
    require(decoder_.finish(std::nullopt).has_value());
    require(capture.end(EndReason::completed).has_value());
  }

  MemoryCapture capture;

 private:
  const Setup& begin(const Setup& setup) {
    CaptureInfo info;
    info.channels = channels_for(setup);
    info.lines = lines_for(setup, {});
    require(capture.begin(info).has_value());
    return setup;
  }

  Decoder decoder_;
};

Bytes encoded(std::uint8_t type, std::uint8_t sequence, std::span<const std::uint8_t> payload) {
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
  jm_wire_encoder encoder;
  jm_wire_begin(&encoder, line.data(), line.size(), type, sequence);
  for (const std::uint8_t byte : payload)
    jm_wire_put_u8(&encoder, byte);
  const auto* bytes = reinterpret_cast<const std::byte*>(line.data());
  return {bytes, bytes + jm_wire_end(&encoder)};
}

// Pieces between two 0xA5 as payloads of the type that their first byte chooses.
Bytes framed(std::span<const std::uint8_t> data) {
  Bytes stream;
  std::uint8_t sequence = 0;
  while (!data.empty()) {
    const auto end = std::ranges::find(data, 0xA5);
    const auto size =
        std::min<std::size_t>(static_cast<std::size_t>(end - data.begin()), JM_WIRE_MAX_PAYLOAD);
    if (size > 1) {
      const Bytes frame =
          encoded(static_cast<std::uint8_t>(0x81 + data[0] % 6), sequence++, data.subspan(1, size - 1));
      stream.insert(stream.end(), frame.begin(), frame.end());
    }
    data = data.subspan(std::min(size + 1, data.size()));
  }
  return stream;
}

void hear_in_pieces(Run& run, std::span<const std::byte> stream, std::size_t piece) {
  for (; !stream.empty(); stream = stream.subspan(std::min(piece, stream.size())))
    run.hear(stream.first(std::min(piece, stream.size())));
}

std::vector<std::pair<std::int64_t, int>> samples_of(MemoryCapture& capture) {
  std::vector<std::pair<std::int64_t, int>> samples;
  const auto visit = [&](const SampleBlock& block) -> Status {
    for (std::size_t i = 0; i < block.values.size(); ++i)
      samples.emplace_back(block.first_index + static_cast<std::int64_t>(i),
                           static_cast<int>(block.values[i]));
    return {};
  };
  require(capture.read(k_current_channel, {0, std::int64_t{1} << 62}, visit).has_value());
  return samples;
}

void any_bytes(std::span<const std::uint8_t> data, std::size_t piece, bool clocked) {
  const Setup setup = make_setup(clocked);
  for (const Bytes& stream :
       {framed(data), Bytes(reinterpret_cast<const std::byte*>(data.data()),
                            reinterpret_cast<const std::byte*>(data.data()) + data.size())}) {
    Run whole(setup);
    Run cut(setup);
    whole.hear(stream);
    hear_in_pieces(cut, stream, piece);
    whole.end();
    cut.end();
    require(samples_of(whole.capture) == samples_of(cut.capture));
  }
}

// Conversion n gives the code n and ends at n periods.
Bytes sound_recording(std::uint32_t frames) {
  Bytes stream;
  for (std::uint32_t frame = 0; frame < frames; ++frame) {
    std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
    jm_wire_encoder encoder;
    jm_wire_begin(&encoder, line.data(), line.size(), JM_WIRE_SAMPLES, static_cast<std::uint8_t>(frame));
    jm_wire_samples head{};
    head.first = 16 * frame;
    head.time = jm_wire_time_of(std::uint64_t{head.first + 1} * k_period_ticks);
    head.channels = 1;
    jm_wire_put_samples(&encoder, &head);
    jm_wire_put_u32(&encoder, 532'000);
    jm_wire_put_run(&encoder, 16, JM_WIRE_SAMPLE_BYTES(1));
    for (std::uint16_t i = 0; i < 16; ++i) {
      jm_wire_put_u16(&encoder, i == 0 ? 0 : k_period_ticks);
      jm_wire_put_u16(&encoder, static_cast<std::uint16_t>(head.first + i));
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(line.data());
    stream.insert(stream.end(), bytes, bytes + jm_wire_end(&encoder));
  }
  return stream;
}

// Three bytes say where, what and with what.
void damage(Bytes& stream, std::span<const std::uint8_t> data) {
  for (; data.size() >= 4 && !stream.empty(); data = data.subspan(4)) {
    const std::size_t at = (data[0] | data[1] << 8U) % stream.size();
    const auto where = stream.begin() + static_cast<std::ptrdiff_t>(at);
    if (data[2] % 3 == 0) *where ^= std::byte(data[3]);
    if (data[2] % 3 == 1) stream.insert(where, std::byte(data[3]));
    if (data[2] % 3 == 2)
      stream.erase(where,
                   where + static_cast<std::ptrdiff_t>(std::min<std::size_t>(data[3], stream.size() - at)));
  }
}

void damaged_recording(std::span<const std::uint8_t> data) {
  Bytes stream = sound_recording(24);
  damage(stream, data);
  Run run(make_setup(true));
  run.hear(stream);
  run.end();
  const auto samples = samples_of(run.capture);
  for (const auto& [index, code] : samples)
    require(index - samples.front().first == code - samples.front().second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::span bytes(data, size);
  any_bytes(bytes.subspan(1), 1 + data[0] % 64U, (data[0] & 0x80) != 0);
  damaged_recording(bytes.subspan(1));
  return 0;
}
