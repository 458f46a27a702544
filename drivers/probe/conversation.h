// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/attention.h>
#include <drivers/instrument/timebase.h>
#include <drivers/probe/listener.h>
#include <drivers/probe/ping_clock.h>
#include <drivers/probe/setup.h>
#include <drivers/transport/serial/byte_stream.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

namespace joulemark::probe {

// Says commands and waits for their answers; whatever else comes meanwhile goes to the listener. Errors of
// every call: protocol when the port has gone or the probe does not answer, and the listener's.
class Conversation {
 public:
  // All outlive it. attention: looks whenever it has heard or said something, and measures every patience, so
  // that nobody is blamed for not answering a computer that was held up. slack: see Settings; every patience
  // is that much longer.
  Conversation(serial::ByteStream& port, Listener& listener, Timebase& timebase, Attention& attention,
               double slack)
      : port_(port), listener_(listener), timebase_(timebase), attention_(attention), slack_(slack) {}

  // Asks again and again: a board that opening the port has reset needs up to two seconds.
  [[nodiscard]] Result<Hello> ask_hello(TimeNs patience_ns);
  // Asks once, and does not wait: the answer goes to the listener.
  [[nodiscard]] Status ask() { return say(JM_WIRE_ASK_HELLO); }
  // What the probe made of them (jm_wire_outcome).
  [[nodiscard]] Result<std::uint8_t> start(std::uint16_t lease_s);
  [[nodiscard]] Result<std::uint8_t> stop();
  [[nodiscard]] Result<std::uint8_t> configure(const jm_wire_configure& settings);

  // Sends a PING; its PONG can be taken once it was heard.
  struct Pong {
    std::uint64_t received = 0;  // ticks
    std::uint64_t replied = 0;
    TimeNs sent_ns = 0;
    TimeNs arrived_ns = 0;
  };
  [[nodiscard]] Status ping();
  [[nodiscard]] std::optional<Pong> take_pong();

  // From now on nothing is waited for any longer once that stop is requested (an Error of go_on).
  void heed(std::stop_token stop) { stop_ = std::move(stop); }
  // From now on a command is said once, and its answer waited for a moment only, whatever was to be heeded.
  void be_brief();
  [[nodiscard]] bool has_configured() const { return configured_; }  // said so, answered or not

  // Hears until it is there. False: it was not within patience_ns.
  [[nodiscard]] Result<bool> wait_for(const std::function<bool()>& there, TimeNs patience_ns);
  // Reads once. False: nothing came within that time.
  [[nodiscard]] Result<bool> hear(std::chrono::milliseconds longest);
  using Tap = std::function<Status(std::span<const std::byte>)>;
  void tap(Tap tap) { tap_ = std::move(tap); }  // is given all bytes before the listener

 private:
  using Fill = std::function<void(jm_wire_encoder&)>;

  [[nodiscard]] Status say(std::uint8_t type, const Fill& fill = {});
  [[nodiscard]] Result<std::uint8_t> command(std::uint8_t type, const Fill& fill = {});

  serial::ByteStream& port_;
  Listener& listener_;
  Timebase& timebase_;
  Attention& attention_;
  double slack_;
  std::stop_token stop_;
  int tries_ = 3;  // of a command
  TimeNs answer_ns_ = 500'000'000;
  bool configured_ = false;
  Tap tap_;
  std::uint8_t sequence_ = 0;  // of the next frame
  std::uint32_t token_ = 0;    // of the last PING
  TimeNs pinged_ns_ = 0;
  std::optional<Pong> pong_;
};

// The middle of a PING's way and the middle of its stay in the probe are one instant, within half of what the
// way took. None: it would have stayed there longer than it was under way, so one of the times is wrong.
[[nodiscard]] std::optional<PingClock::Pairing> pairing_of(const Setup& setup,
                                                           const Conversation::Pong& pong);

}  // namespace joulemark::probe
