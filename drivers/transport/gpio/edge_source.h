// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::gpio {

// A line changed its level. As the kernel stamped it: CLOCK_MONOTONIC from Linux 5.7 on.
struct RawEdge {
  TimeNs time_ns = 0;
  std::uint32_t line = 0;  // which of those asked for
  bool level = false;      // after the edge
};

// Lines whose edges the kernel keeps until they are read: 16 for each line, so they must be read soon. It
// drops further ones without a word: an odd number shows by two edges of one direction in a row, an even
// number does not. One thread at a time.
class EdgeSource {
 public:
  EdgeSource() = default;
  EdgeSource(const EdgeSource&) = delete;
  EdgeSource& operator=(const EdgeSource&) = delete;
  virtual ~EdgeSource() = default;

  // Forgets the edges kept until now. By line: its level just before the edges that come from here on; none
  // where that cannot be told.
  [[nodiscard]] virtual std::vector<std::optional<bool>> start() = 0;

  // How many came, within the timeout: 0 when none did; minus the errno when the lines have gone. Allocates
  // nothing.
  [[nodiscard]] virtual int read(std::span<RawEdge> into, std::chrono::milliseconds timeout) = 0;

  // How exactly its stamps are known to be at best, in ns; 0 when that is not known.
  [[nodiscard]] virtual std::uint32_t resolution_ns() const = 0;
};

}  // namespace joulemark::gpio
