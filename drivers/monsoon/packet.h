// SPDX-License-Identifier: Apache-2.0
// The 64-byte bulk packet: four bytes of header, then one to three observations of 18 bytes, words
// big-endian.
#pragma once

#include <drivers/monsoon/protocol.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace joulemark::monsoon {

enum class ObservationType : std::uint8_t {
  measurement = 0x00,
  zero = 0x10,
  invalid = 0x20,
  reference = 0x30,
};

// A view of 18 bytes.
class Observation {
 public:
  explicit Observation(const std::byte* bytes) : bytes_(bytes) {}

  [[nodiscard]] ObservationType type() const {
    return static_cast<ObservationType>(std::to_integer<std::uint8_t>(bytes_[17]) & 0x30);
  }
  // Currents are unsigned words on the HVPM and signed ones on the LVPM.
  [[nodiscard]] int current(Rail rail, Grain grain, bool is_signed) const {
    const std::uint16_t raw = word(4 * static_cast<int>(rail) + (grain == Grain::fine ? 2 : 0));
    return is_signed ? static_cast<std::int16_t>(raw) : raw;
  }
  [[nodiscard]] std::uint16_t main_voltage() const { return word(12); }  // aux when so configured
  [[nodiscard]] std::uint16_t usb_voltage() const { return word(14); }

 private:
  [[nodiscard]] std::uint16_t word(int offset) const {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes_[offset]) << 8 |
                                      std::to_integer<unsigned>(bytes_[offset + 1]));
  }

  const std::byte* bytes_;
};

// A view of one packet, valid as long as its bytes.
class Packet {
 public:
  // None when the number of observations is not 1 to 3 or the bytes do not reach that far.
  [[nodiscard]] static std::optional<Packet> parse(std::span<const std::byte> bytes) {
    if (bytes.size() < k_header_bytes || bytes.size() > k_packet_bytes) return std::nullopt;
    const int count = std::to_integer<int>(bytes[3]);
    if (count < 1 || count > k_most_observations) return std::nullopt;
    if (bytes.size() < k_header_bytes + k_observation_bytes * static_cast<std::size_t>(count)) {
      return std::nullopt;
    }
    return Packet(bytes.data(), count);
  }

  // Observations dropped by the unit since it was started, modulo 65536.
  [[nodiscard]] std::uint16_t dropped() const {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes_[1]) << 8 |
                                      std::to_integer<unsigned>(bytes_[0]));
  }
  [[nodiscard]] int sequence() const { return std::to_integer<int>(bytes_[2]) & 0x0F; }
  [[nodiscard]] bool tripped() const { return (std::to_integer<int>(bytes_[2]) & 0x10) != 0; }
  [[nodiscard]] bool at_voltage() const { return (std::to_integer<int>(bytes_[2]) & 0x20) != 0; }
  [[nodiscard]] int size() const { return count_; }
  [[nodiscard]] Observation operator[](int i) const {
    return Observation(bytes_ + k_header_bytes + k_observation_bytes * static_cast<std::size_t>(i));
  }

 private:
  Packet(const std::byte* bytes, int count) : bytes_(bytes), count_(count) {}

  const std::byte* bytes_;
  int count_;
};

}  // namespace joulemark::monsoon
