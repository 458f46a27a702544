// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <drivers/probe/hello.h>

#include <jm_wire.h>

#include <cstddef>
#include <optional>
#include <span>

namespace joulemark::probe {

// The last answer of each kind, until it is taken.
struct Replies {
  std::optional<Hello> hello;
  std::optional<jm_wire_status> status;
  std::optional<jm_wire_ack> ack;
  std::optional<jm_wire_pong> pong;
};

// What hears the probe's bytes. Errors: the sink's behind it, and protocol.
class Listener {
 public:
  virtual ~Listener() = default;
  [[nodiscard]] virtual Status accept(std::span<const std::byte> bytes) = 0;
  [[nodiscard]] Replies& replies() { return replies_; }

 protected:
  // Keeps an answer. False: it is none. Errors: protocol (a HELLO of another version).
  [[nodiscard]] Result<bool> keep(std::uint8_t type, std::span<const std::uint8_t> payload);

 private:
  Replies replies_;
};

}  // namespace joulemark::probe
