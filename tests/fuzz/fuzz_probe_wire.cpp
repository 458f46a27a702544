// SPDX-License-Identifier: Apache-2.0
// The probe's wire format, both ways. Any bytes: no crash, the same frames however they are cut, and every
// reader copes with every payload. And frames built from the input come back whole from between whatever
// garbage.
#include <jm_wire.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Heard {
  std::vector<std::vector<std::uint8_t>> frames;  // type, sequence, payload
  int damaged = 0;
  bool operator==(const Heard&) const = default;
};

class Listener {
 public:
  Listener() { jm_wire_decoder_init(&decoder_, buffer_.data(), buffer_.size()); }

  void hear(Bytes bytes) {
    const std::uint8_t* at = bytes.data();
    std::size_t size = bytes.size();
    for (jm_wire_result result; (result = jm_wire_decode(&decoder_, &at, &size)) != JM_WIRE_MORE;) {
      if (result == JM_WIRE_DAMAGED) {
        ++heard_.damaged;
      } else {
        const std::uint8_t* payload = jm_wire_payload(&decoder_);
        heard_.frames.push_back({jm_wire_frame_type(&decoder_), jm_wire_frame_sequence(&decoder_)});
        heard_.frames.back().insert(heard_.frames.back().end(), payload,
                                    payload + jm_wire_payload_size(&decoder_));
      }
    }
  }
  [[nodiscard]] const Heard& heard() const { return heard_; }

 private:
  std::array<std::uint8_t, JM_WIRE_MAX_FRAME> buffer_{};
  jm_wire_decoder decoder_{};
  Heard heard_;
};

std::vector<std::uint8_t> encoded(Bytes frame) {
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> out{};
  jm_wire_encoder encoder;
  jm_wire_begin(&encoder, out.data(), out.size(), frame[0], frame[1]);
  for (const std::uint8_t byte : frame.subspan(2))
    jm_wire_put_u8(&encoder, byte);
  const std::size_t size = jm_wire_end(&encoder);
  require(size != 0);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)};
}

// Every reader on every payload. What a reader accepts it can also be asked for.
void read_as_everything(Bytes payload) {
  jm_wire_hello hello;
  if (jm_wire_get_hello(payload.data(), payload.size(), &hello) != 0) {
    for (std::uint8_t i = 0; i < hello.channel_count; ++i) {
      const jm_wire_channel channel = jm_wire_get_channel(&hello, i);
      (void)jm_wire_current_lsb_na(&hello, &channel);
    }
    for (std::uint8_t i = 0; i < hello.line_count; ++i)
      (void)jm_wire_get_line(&hello, i);
    for (std::uint8_t i = 0; i < hello.name_size; ++i)
      require(hello.name + i < static_cast<const void*>(payload.data() + payload.size()));
  }
  jm_wire_samples samples;
  if (jm_wire_get_samples(payload.data(), payload.size(), &samples) != 0) {
    for (std::uint8_t i = 0; i < samples.count; ++i) {
      (void)jm_wire_sample_ticks(&samples, i);
      for (std::uint8_t n = 0; n < jm_wire_channels_in(samples.channels); ++n)
        (void)jm_wire_sample_code(&samples, i, n);
    }
  }
  jm_wire_edges edges;
  if (jm_wire_get_edges(payload.data(), payload.size(), &edges) != 0) {
    for (std::uint8_t i = 0; i < edges.count; ++i)
      require(jm_wire_get_edge(&edges, i).line < 128);
  }
  jm_wire_status status;
  (void)jm_wire_get_status(payload.data(), payload.size(), &status);
  jm_wire_pong pong;
  (void)jm_wire_get_pong(payload.data(), payload.size(), &pong);
  jm_wire_configure configure;
  (void)jm_wire_get_configure(payload.data(), payload.size(), &configure);
}

// Cut into pieces whose lengths the input itself gives.
Heard heard_in_pieces(Bytes bytes) {
  Listener listener;
  while (!bytes.empty()) {
    const std::size_t length = std::min<std::size_t>(1 + bytes[0] % 7, bytes.size());
    listener.hear(bytes.first(length));
    bytes = bytes.subspan(length);
  }
  return listener.heard();
}

// Frames of the input's pieces, each after garbage that ends with a zero byte: every frame must come back.
void round_trip(Bytes bytes) {
  Listener listener;
  std::size_t sent = 0;
  while (bytes.size() > 3) {
    const std::size_t garbage = std::min<std::size_t>(bytes[0] % 16, bytes.size() - 3);
    const std::size_t length = std::min<std::size_t>(2 + bytes[1] % 248, bytes.size() - 1 - garbage);
    listener.hear(bytes.subspan(1, garbage));
    listener.hear(std::array<std::uint8_t, 1>{0});
    const std::size_t before = listener.heard().frames.size();
    const Bytes frame = bytes.subspan(1 + garbage, length);
    listener.hear(encoded(frame));
    ++sent;
    require(listener.heard().frames.size() == before + 1);
    require(std::ranges::equal(listener.heard().frames.back(), frame));
    bytes = bytes.subspan(1 + garbage + length);
  }
  require(listener.heard().frames.size() >= sent);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  Listener at_once;
  at_once.hear(bytes);
  require(at_once.heard() == heard_in_pieces(bytes));
  for (const auto& frame : at_once.heard().frames) {
    Listener again;
    again.hear(encoded(frame));
    require(again.heard().frames.size() == 1 && again.heard().frames[0] == frame);
  }
  read_as_everything(bytes);
  round_trip(bytes);
  return 0;
}
