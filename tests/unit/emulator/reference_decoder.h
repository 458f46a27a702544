// SPDX-License-Identifier: Apache-2.0
// A second decoder, written from the protocol notes alone and for tests alone: slow, plain, and independent
// of both the emulated unit and the driver.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::test {

struct Observation {
  int type = 0;                 // 0 measurement, 1 zero, 2 invalid, 3 reference
  std::array<int, 3> coarse{};  // main, USB, aux
  std::array<int, 3> fine{};
  int main_voltage = 0;
  int usb_voltage = 0;

  bool operator==(const Observation&) const = default;
};

struct Packet {
  int dropped = 0;
  int sequence = 0;
  bool tripped = false;
  bool output_on = false;
  int count = 0;  // as sent
  std::vector<Observation> observations;

  bool operator==(const Packet&) const = default;
};

inline int byte_at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<int>(bytes[i]);
}

inline Packet decode(std::span<const std::byte> bytes, bool is_signed = false) {
  Packet packet{byte_at(bytes, 0) + 256 * byte_at(bytes, 1),
                byte_at(bytes, 2) % 16,
                (byte_at(bytes, 2) & 0x10) != 0,
                (byte_at(bytes, 2) & 0x20) != 0,
                byte_at(bytes, 3),
                {}};
  if (packet.count > 3) return packet;
  for (int i = 0; i < packet.count; ++i) {
    const auto at = static_cast<std::size_t>(4 + 18 * i);
    const auto word = [&](std::size_t offset, bool negative) {
      const int value = 256 * byte_at(bytes, at + offset) + byte_at(bytes, at + offset + 1);
      return negative && value >= 32768 ? value - 65536 : value;
    };
    Observation observation;
    observation.type = byte_at(bytes, at + 17) / 16 % 4;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      observation.coarse[channel] = word(4 * channel, is_signed);
      observation.fine[channel] = word(4 * channel + 2, is_signed);
    }
    observation.main_voltage = word(12, false);
    observation.usb_voltage = word(14, false);
    packet.observations.push_back(observation);
  }
  return packet;
}

// Section 6 of the notes, with windows of five.
class Converter {
 public:
  struct Constants {
    double fine_scale_ua = 0;
    double coarse_scale_ma = 0;
    double fine_offset = 0;
    double coarse_offset = 0;
    int threshold = 64000;
  };

  Converter(std::size_t channel, const Constants& constants) : channel_(channel), constants_(constants) {}

  void calibrate(const Observation& observation) {
    const bool zero = observation.type == 1;
    keep(zero ? fine_zero_ : fine_reference_, observation.fine[channel_]);
    keep(zero ? coarse_zero_ : coarse_reference_, observation.coarse[channel_]);
  }

  [[nodiscard]] bool calibrated() const {
    return fine_zero_.size() == 5 && fine_reference_.size() == 5 && coarse_zero_.size() == 5 &&
           coarse_reference_.size() == 5;
  }

  [[nodiscard]] double milliamperes(const Observation& observation) const {
    if (observation.fine[channel_] < constants_.threshold) {
      const double zero = mean(fine_zero_) + constants_.fine_offset;
      const double slope = constants_.fine_scale_ua / (mean(fine_reference_) - zero);
      return (observation.fine[channel_] - zero) * slope / 1000;
    }
    const double zero = mean(coarse_zero_) + constants_.coarse_offset;
    const double slope = constants_.coarse_scale_ma / (mean(coarse_reference_) - zero);
    return (observation.coarse[channel_] - zero) * slope;
  }

 private:
  static void keep(std::deque<int>& window, int value) {
    window.push_back(value);
    if (window.size() > 5) window.pop_front();
  }

  static double mean(const std::deque<int>& window) {
    return std::accumulate(window.begin(), window.end(), 0.0) / static_cast<double>(window.size());
  }

  std::size_t channel_;
  Constants constants_;
  std::deque<int> fine_zero_, fine_reference_, coarse_zero_, coarse_reference_;
};

}  // namespace joulemark::test
