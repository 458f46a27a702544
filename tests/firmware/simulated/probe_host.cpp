// SPDX-License-Identifier: GPL-3.0-or-later
#include <tests/firmware/simulated/probe_host.h>

#include <gtest/gtest.h>

namespace joulemark::twin {

ProbeHost::ProbeHost(Send send) : send_(std::move(send)) {
  jm_wire_decoder_init(&decoder_, frame_.data(), frame_.size());
}

void ProbeHost::hear(std::uint8_t byte) {
  ++heard_.bytes;
  switch (jm_wire_decode_byte(&decoder_, byte)) {
    case JM_WIRE_FRAME:
      hear_frame();
      break;
    case JM_WIRE_DAMAGED:
      ++heard_.damaged;
      break;
    case JM_WIRE_MORE:
      break;
  }
}

void ProbeHost::hear_frame() {
  const std::uint8_t* payload = jm_wire_payload(&decoder_);
  const std::size_t size = jm_wire_payload_size(&decoder_);
  jm_wire_status status{};
  jm_wire_pong pong{};
  jm_wire_ack ack{};
  switch (jm_wire_frame_type(&decoder_)) {
    case JM_WIRE_HELLO:
      return hear_hello(payload, size);
    case JM_WIRE_SAMPLES:
      return hear_samples(payload, size);
    case JM_WIRE_EDGES:
      return hear_edges(payload, size);
    case JM_WIRE_STATUS:
      if (jm_wire_get_status(payload, size, &status) != 0) heard_.statuses.push_back(status);
      return;
    case JM_WIRE_PONG:
      if (jm_wire_get_pong(payload, size, &pong) != 0) heard_.pongs.push_back(pong);
      return;
    case JM_WIRE_ACK:
      if (jm_wire_get_ack(payload, size, &ack) != 0) heard_.acks.push_back(ack);
      return;
    default:
      ADD_FAILURE() << "a frame of unknown type";
  }
}

void ProbeHost::hear_hello(const std::uint8_t* payload, std::size_t size) {
  jm_wire_hello hello{};
  ASSERT_NE(jm_wire_get_hello(payload, size, &hello), 0);
  heard_.hellos.push_back(hello);
  heard_.lines.clear();
  heard_.channels.clear();
  for (std::uint8_t i = 0; i < hello.line_count; ++i)
    heard_.lines.push_back(jm_wire_get_line(&hello, i));
  for (std::uint8_t i = 0; i < hello.channel_count; ++i)
    heard_.channels.push_back(jm_wire_get_channel(&hello, i));
}

void ProbeHost::hear_samples(const std::uint8_t* payload, std::size_t size) {
  jm_wire_samples head{};
  ASSERT_NE(jm_wire_get_samples(payload, size, &head), 0);
  std::uint64_t ticks = jm_wire_ticks_of(head.time);
  for (std::uint8_t i = 0; i < head.count; ++i) {
    ticks += jm_wire_sample_ticks(&head, i);
    heard_.samples.push_back({ticks, head.first + i, head.channels, jm_wire_sample_code(&head, i, 0)});
  }
}

void ProbeHost::hear_edges(const std::uint8_t* payload, std::size_t size) {
  jm_wire_edges head{};
  ASSERT_NE(jm_wire_get_edges(payload, size, &head), 0);
  for (std::uint8_t i = 0; i < head.count; ++i) {
    const jm_wire_edge edge = jm_wire_get_edge(&head, i);
    heard_.edges.push_back({jm_wire_ticks_of(edge.time), edge.line, edge.level != 0});
  }
}

void ProbeHost::begin(std::uint8_t type) {
  jm_wire_begin(&encoder_, line_.data(), line_.size(), type, sequence_++);
}

void ProbeHost::send() {
  send_({line_.data(), jm_wire_end(&encoder_)});
}

void ProbeHost::ask(std::uint8_t type) {
  begin(type);
  send();
}

void ProbeHost::ask_start(std::uint16_t lease_s) {
  const jm_wire_start start{lease_s};
  begin(JM_WIRE_START);
  jm_wire_put_start(&encoder_, &start);
  send();
}

void ProbeHost::ask_configure(const jm_wire_configure& wanted) {
  begin(JM_WIRE_CONFIGURE);
  jm_wire_put_configure(&encoder_, &wanted);
  send();
}

void ProbeHost::ask_ping(std::uint32_t token) {
  begin(JM_WIRE_PING);
  jm_wire_put_u32(&encoder_, token);
  send();
}

}  // namespace joulemark::twin
