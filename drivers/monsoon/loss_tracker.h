// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace joulemark::monsoon {

// How many observations are missing just before a packet.
struct Loss {
  enum class Evidence {
    none,
    counted,       // the unit's dropped count rose: exact
    first_second,  // its count after the first second; where they were lost is not known
    sequence,      // packets are missing from the sequence; three observations each, modulo 16 packets
    missed,        // packets that we know to have lost on the way; three observations each
    rounds,        // the clock says that the dropped count went round
  };
  std::int64_t slots = 0;
  Evidence evidence = Evidence::none;
  bool disbelieved = false;  // the unit's count said more than can be
};

// What the header of a packet says, and how many observations can have been lost before it at most.
struct LossSigns {
  std::uint16_t dropped = 0;
  int sequence = 0;
  std::int64_t most = 0;
};

// The unit says how many observations it dropped (16 bits, wrapping) but not where, and the count is wrong in
// its first moments (it often reads 65535), so it is believed from one second on, and never when it says that
// more were lost than can be: it goes on from the new count only where the next packet confirms it, and
// nothing is lost by that. The 4-bit sequence says
// where packets are missing; it is believed only after k_steady packets in a row that stepped by one.
class LossTracker {
 public:
  static constexpr int k_steady = 16;

  // The next packet, how many packets before it are known to be missing, and how many could not be read, of
  // which not all need have been packets.
  [[nodiscard]] Loss before(const LossSigns& signs, std::int64_t missed_packets,
                            std::int64_t unreadable_packets);
  void took(std::int64_t observations) { slots_ += observations; }

  [[nodiscard]] std::int64_t slots() const { return slots_; }  // since the first packet, lost ones included

 private:
  struct Packets {
    std::int64_t missed = 0;
    std::int64_t skipped = 0;
  };
  [[nodiscard]] Packets missing(int sequence, std::int64_t missed, std::int64_t unreadable);
  [[nodiscard]] Loss settle(const LossSigns& signs, Loss loss);
  [[nodiscard]] std::optional<std::int64_t> counted(const LossSigns& signs);

  bool begun_ = false;
  bool settled_ = false;
  std::uint16_t dropped_ = 0;
  std::optional<std::uint16_t> doubted_;  // what the last packet said and was not believed
  int sequence_ = 0;
  int steady_ = 0;
  std::int64_t slots_ = 0;
  std::int64_t early_ = 0;  // slots given up for lost before the count was believed
};

}  // namespace joulemark::monsoon
