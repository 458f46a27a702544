// SPDX-License-Identifier: GPL-3.0-or-later
// The host's end of a probe's serial line, as small as it can be: asks, and keeps all that it hears.
#pragma once

#include <jm_wire.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace joulemark::twin {

struct HeardSample {
  std::uint64_t ticks = 0;
  std::uint32_t number = 0;
  std::uint8_t channels = 0;
  std::int16_t code = 0;
};

struct HeardEdge {
  std::uint64_t ticks = 0;
  std::uint8_t line = 0;
  bool level = false;
};

// What the probe said, frame by frame.
struct Heard {
  std::vector<jm_wire_hello> hellos;
  std::vector<jm_wire_line> lines;
  std::vector<jm_wire_channel> channels;
  std::vector<jm_wire_status> statuses;
  std::vector<jm_wire_pong> pongs;
  std::vector<jm_wire_ack> acks;
  std::vector<HeardSample> samples;
  std::vector<HeardEdge> edges;
  std::size_t bytes = 0;
  int damaged = 0;
};

class ProbeHost {
 public:
  using Send = std::function<void(std::span<const std::uint8_t>)>;
  explicit ProbeHost(Send send);
  ProbeHost(const ProbeHost&) = delete;
  ProbeHost& operator=(const ProbeHost&) = delete;

  void hear(std::uint8_t byte);
  [[nodiscard]] const Heard& heard() const { return heard_; }
  void forget() { heard_ = {}; }

  void ask(std::uint8_t type);
  void ask_start(std::uint16_t lease_s = 0);
  void ask_configure(const jm_wire_configure& wanted);
  void ask_ping(std::uint32_t token);

 private:
  void hear_frame();
  void hear_hello(const std::uint8_t* payload, std::size_t size);
  void hear_samples(const std::uint8_t* payload, std::size_t size);
  void hear_edges(const std::uint8_t* payload, std::size_t size);
  void begin(std::uint8_t type);
  void send();

  Send send_;
  std::array<std::uint8_t, JM_WIRE_MAX_FRAME> frame_{};
  jm_wire_decoder decoder_{};
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line_{};
  jm_wire_encoder encoder_{};
  std::uint8_t sequence_ = 0;
  Heard heard_;
};

}  // namespace joulemark::twin
