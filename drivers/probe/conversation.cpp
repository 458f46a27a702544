// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/go_on.h>
#include <drivers/probe/conversation.h>

#include <algorithm>
#include <array>
#include <utility>

namespace joulemark::probe {
namespace {

constexpr TimeNs k_ask_every_ns = 250'000'000;
constexpr TimeNs k_brief_answer_ns = 40'000'000;
constexpr std::chrono::milliseconds k_read{20};
constexpr TimeNs k_longest_write_ns = 1'100'000'000;  // a port that takes no data

TimeNs times(double slack, TimeNs patience_ns) {
  return static_cast<TimeNs>(slack * static_cast<double>(patience_ns));
}

}  // namespace

// A zero byte in front ends whatever noise stands in the probe's decoder. What a port does not take in time
// is lost like a frame on the way: whoever waits for the answer asks again.
Status Conversation::say(std::uint8_t type, const Fill& fill) {
  std::array<std::uint8_t, 1 + JM_WIRE_MAX_ENCODED> line{};
  jm_wire_encoder encoder;
  jm_wire_begin(&encoder, line.data() + 1, line.size() - 1, type, sequence_++);
  if (fill) fill(encoder);
  const std::size_t size = jm_wire_end(&encoder);
  const Status written = port_.write(std::as_bytes(std::span(line).first(1 + size)));
  attention_.look(timebase_.steady_ns(), k_longest_write_ns);
  return port_.closed() ? written : Status();
}

Result<bool> Conversation::hear(std::chrono::milliseconds longest) {
  JM_TRY(go_on(stop_));
  std::array<std::byte, 4096> bytes;
  JM_TRY_ASSIGN(const std::size_t count, port_.read(bytes, longest));
  const TimeNs now_ns = timebase_.steady_ns();
  attention_.look(now_ns);
  const auto came = std::span(bytes).first(count);
  if (count > 0 && tap_) JM_TRY(tap_(came));
  if (count > 0) JM_TRY(listener_.accept(came));
  const auto pong = std::exchange(listener_.replies().pong, std::nullopt);
  if (pong && pong->token == token_)
    pong_ = Pong{jm_wire_ticks_of(pong->received), jm_wire_ticks_of(pong->replied), pinged_ns_, now_ns};
  return count > 0;
}

Result<bool> Conversation::wait_for(const std::function<bool()>& there, TimeNs patience_ns) {
  const TimeNs end_ns = attention_.seen_ns() + times(slack_, patience_ns);
  while (!there() && attention_.seen_ns() < end_ns)
    JM_TRY(hear(k_read));
  return there();
}

Result<Hello> Conversation::ask_hello(TimeNs patience_ns) {
  listener_.replies().hello.reset();
  const auto there = [&] { return listener_.replies().hello.has_value(); };
  for (const TimeNs end_ns = attention_.seen_ns() + times(slack_, patience_ns);
       attention_.seen_ns() < end_ns;) {
    JM_TRY(ask());
    JM_TRY_ASSIGN(const bool came, wait_for(there, k_ask_every_ns));
    if (came) return *std::exchange(listener_.replies().hello, std::nullopt);
  }
  return fail(ErrorCode::protocol,
              "no probe answers there: is it flashed with the probe's firmware, and is the baud rate the "
              "same? (firmware-probe/README.md)");
}

Result<std::uint8_t> Conversation::command(std::uint8_t type, const Fill& fill) {
  for (int i = 0; i < tries_; ++i) {
    const std::uint8_t sequence = sequence_;
    listener_.replies().ack.reset();
    JM_TRY(say(type, fill));
    const auto there = [&] {
      const auto& ack = listener_.replies().ack;
      return ack && ack->type == type && ack->sequence == sequence;
    };
    JM_TRY_ASSIGN(const bool came, wait_for(there, answer_ns_));
    if (came) return listener_.replies().ack->outcome;
  }
  return fail(ErrorCode::protocol,
              "the probe answers no more; reset it or unplug it and plug it in again, and look whether this "
              "computer is too busy to hear it");
}

Result<std::uint8_t> Conversation::start(std::uint16_t lease_s) {
  return command(JM_WIRE_START, [&](jm_wire_encoder& encoder) {
    const jm_wire_start start{lease_s};
    jm_wire_put_start(&encoder, &start);
  });
}

Result<std::uint8_t> Conversation::stop() {
  return command(JM_WIRE_STOP);
}

Result<std::uint8_t> Conversation::configure(const jm_wire_configure& settings) {
  configured_ = true;
  return command(JM_WIRE_CONFIGURE,
                 [&](jm_wire_encoder& encoder) { jm_wire_put_configure(&encoder, &settings); });
}

void Conversation::be_brief() {
  stop_ = {};
  slack_ = 1;
  tries_ = 1;
  answer_ns_ = k_brief_answer_ns;
}

Status Conversation::ping() {
  ++token_;
  pinged_ns_ = timebase_.steady_ns();
  return say(JM_WIRE_PING, [&](jm_wire_encoder& encoder) { jm_wire_put_u32(&encoder, token_); });
}

std::optional<Conversation::Pong> Conversation::take_pong() {
  return std::exchange(pong_, std::nullopt);
}

std::optional<PingClock::Pairing> pairing_of(const Setup& setup, const Conversation::Pong& pong) {
  const TimeNs received_ns = setup.ns_of(pong.received);
  const TimeNs stay_ns = setup.ns_of(pong.replied) - received_ns;
  const TimeNs way_ns = pong.arrived_ns - pong.sent_ns;
  if (stay_ns < 0 || stay_ns > way_ns) return std::nullopt;
  return PingClock::Pairing{received_ns + stay_ns / 2, pong.sent_ns + way_ns / 2,
                            std::max<TimeNs>(1000, (way_ns - stay_ns) / 2)};
}

}  // namespace joulemark::probe
