// SPDX-License-Identifier: Apache-2.0
// HELLO as values that stay.
#pragma once

#include <analysis/model/result.h>

#include <jm_wire.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark::probe {

struct Hello {
  jm_wire_hello facts{};  // its pointers are null
  std::vector<jm_wire_channel> channels;
  std::vector<jm_wire_line> lines;
  std::string board;  // printable ASCII

  [[nodiscard]] bool can(jm_wire_capability what) const { return (facts.capabilities & what) != 0; }
  [[nodiscard]] std::string firmware() const;     // "1.0.0"
  [[nodiscard]] std::string reset_cause() const;  // "power on"
  // HELLO's channel of that quantity.
  [[nodiscard]] std::optional<std::size_t> channel_of(jm_wire_quantity quantity) const;

  // Errors: protocol (another major version of the wire format, or not a HELLO at all).
  [[nodiscard]] static Result<Hello> parse(std::span<const std::uint8_t> payload);
};

// Lines and codes stand for the same: what one says, the other would have said alike.
[[nodiscard]] bool means_the_same(const Hello& a, const Hello& b);

}  // namespace joulemark::probe
